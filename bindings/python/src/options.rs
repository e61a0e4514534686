//! Keyword arguments to options, all through the one key table.

use std::path::PathBuf;

use pyo3::exceptions::{PyAttributeError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyString};
use voxline::options::{KEYS, Key};
use voxline::{Error, ErrorKind, PROFILES, Profile, Result, Source};

use crate::arguments::hash_of;
use crate::door::quick;
use crate::report::{from_json, to_json};

/// Everything that can be chosen, fixed once and used often.
///
/// Takes the same keywords as the functions; attributes have the same names and give the values back.
/// Options are immutable, comparable, hashable and picklable.
///
/// >>> import voxline
/// >>> eight = voxline.Options("chat-8k", resample_quality="best")
/// >>> eight.sample_rate, eight.encoding, eight.resample_quality
/// (8000, 'pcm', 'best')
/// >>> eight.replace(channels="left").channels
/// 'left'
#[pyclass(module = "voxline", frozen, eq, from_py_object)]
#[derive(Clone, PartialEq)]
pub(crate) struct Options {
    pub(crate) inner: voxline::Options,
}

#[pymethods]
impl Options {
    #[new]
    #[pyo3(signature = (profile=None, **options))]
    fn new(py: Python<'_>, profile: Option<&str>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        Ok(Self { inner: gather(py, None, profile, options)? })
    }

    /// The same with other values for these keywords.
    #[pyo3(signature = (**options))]
    fn replace(&self, py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        Ok(Self { inner: gather(py, Some(self), None, options)? })
    }

    fn __getattr__<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        let key = KEYS.iter().find(|key| key.keyword() == name);
        let key = key.ok_or_else(|| PyAttributeError::new_err(format!("Options has no option {name:?}")))?;
        value(py, key, &quick(py, || self.inner.get(key.name))?)
    }

    fn __dir__(&self) -> Vec<String> {
        KEYS.iter().map(Key::keyword).chain(["replace".to_owned()]).collect()
    }

    /// Only what differs from the defaults, without the credentials of a proxy.
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let mut words = Vec::new();
        for key in KEYS {
            let text = quick(py, || self.inner.get(key.name))?;
            if text != key.default {
                words.push(format!("{}={}", key.keyword(), value(py, key, &text)?.repr()?));
            }
        }
        Ok(format!("Options({})", words.join(", ")))
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<u64> {
        // Equal options are the same text, but that 0 has two.
        quick(py, || to_json(&self.inner)).map(|text| hash_of(&text.replace("-0.0", "0.0")))
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        Ok((py.get_type::<Self>().getattr("_from_json")?, (quick(py, || to_json(&self.inner))?,)))
    }

    #[staticmethod]
    fn _from_json(py: Python<'_>, text: &str) -> PyResult<Self> {
        Ok(Self { inner: quick(py, || from_json(text))? })
    }
}

/// The options of a call: those of `base` or of the profile, and the keywords over them.
pub(crate) fn gather(
    py: Python<'_>,
    base: Option<&Options>,
    profile: Option<&str>,
    keywords: Option<&Bound<'_, PyDict>>,
) -> PyResult<voxline::Options> {
    let mut options = base.map_or_else(voxline::Options::default, |base| base.inner.clone());
    if let Some(name) = profile {
        quick(py, || Profile::find(name)?.apply(&mut options))?;
    }
    for (name, given) in keywords.into_iter().flatten() {
        let name: String = name.extract()?;
        let text = text(&given)?;
        quick(py, || set(&mut options, &name, &text))?;
    }
    quick(py, || options.validate())?;
    Ok(options)
}

/// What a call with these arguments goes by; with the path of its input, what that says too. For the package itself.
#[pyfunction]
pub(crate) fn _gathered(
    py: Python<'_>,
    path: Option<PathBuf>,
    profile: Option<&str>,
    options: Option<&Options>,
    keywords: &Bound<'_, PyDict>,
) -> PyResult<Options> {
    let inner = gather(py, options, profile, Some(keywords))?;
    let Some(path) = path else { return Ok(Options { inner }) };
    Ok(Options { inner: voxline::options_for(&Source::Path(path), &inner).into_owned() })
}

/// Sets one option by its keyword.
pub(crate) fn set(options: &mut voxline::Options, keyword: &str, text: &str) -> Result<()> {
    match KEYS.iter().find(|key| key.keyword() == keyword) {
        Some(key) => options.set(key.name, text),
        None => {
            let words: Vec<_> = KEYS.iter().map(Key::keyword).collect();
            let context = format!("\"{keyword}\" is not an option; there are {}", words.join(", "));
            Err(Error::new(ErrorKind::UnknownOption, "set option", context))
        }
    }
}

/// A Python value as the text that the table takes.
pub(crate) fn text(given: &Bound<'_, PyAny>) -> PyResult<String> {
    if let Ok(word) = given.cast::<PyString>() {
        return Ok(word.to_str()?.to_owned());
    }
    if given.is_none() {
        return Ok("none".to_owned());
    }
    if let Ok(flag) = given.cast::<PyBool>() {
        return Ok(if flag.is_true() { "on" } else { "off" }.to_owned());
    }
    if given.is_instance_of::<PyInt>() || given.is_instance_of::<PyFloat>() {
        return given.str()?.extract();
    }
    // Numbers of NumPy, paths.
    if let Ok(number) = given.call_method0("__index__") {
        return number.str()?.extract();
    }
    if let Ok(path) = given.call_method0("__fspath__") {
        return path.extract();
    }
    let kind = given.get_type().name()?;
    Err(PyTypeError::new_err(format!("an option takes str, int, float, bool or None, not {kind}")))
}

/// What the table says, as a Python value.
fn value<'py>(py: Python<'py>, key: &Key, text: &str) -> PyResult<Bound<'py, PyAny>> {
    let has = |word: &str| key.takes.split('|').any(|t| t == word);
    if text == "none" && has("none") && key.name != "target.dither" {
        return Ok(py.None().into_bound(py));
    }
    if has("bool") {
        return Ok(PyBool::new(py, text == "on").to_owned().into_any());
    }
    if (has("integer") || has("N"))
        && let Ok(number) = text.parse::<u64>()
    {
        return Ok(number.into_pyobject(py)?.into_any());
    }
    if has("number")
        && let Ok(number) = text.parse::<f64>()
    {
        return Ok(number.into_pyobject(py)?.into_any());
    }
    Ok(PyString::new(py, text).into_any())
}

/// Every option: keyword, key, what it takes, unit, default and meaning.
#[pyfunction]
pub(crate) fn option_table() -> Vec<(String, &'static str, &'static str, &'static str, &'static str, &'static str)> {
    KEYS.iter().map(|key| (key.keyword(), key.name, key.takes, key.unit, key.default, key.help)).collect()
}

/// Every profile by name, and what it is for.
#[pyfunction]
pub(crate) fn profiles(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let all = PyDict::new(py);
    for profile in PROFILES {
        all.set_item(profile.name, profile.help)?;
    }
    Ok(all)
}
