//! What C programs were compiled against: functions, types and numbers of `voxline.h`, as they were when last accepted.
//!
//! A line that is new is growth; one that is gone or changed breaks programs that exist. `INSTA_UPDATE=always` accepts.

use std::fmt::Write as _;
use std::path::Path;

use crate::run::{Result, command, output_of, root, show_and_run};

const FOLDER: &str = "bindings/c/tests/snapshot";

/// Compares the installed header with the snapshots.
pub(super) fn check(prefix: &Path, work: &Path) -> Result {
    let header = Header::parse(&std::fs::read_to_string(prefix.join("include/voxline.h"))?)?;
    if header.functions.len() < 100 || header.structs.len() < 2 || header.enums.len() < 3 {
        return Err(format!("the header was not understood: {header:?}").into());
    }
    compare("functions.txt", &header.signatures())?;
    let (source, program) = (work.join("layout.c"), work.join("layout"));
    std::fs::write(&source, header.layout_program())?;
    show_and_run(
        command("gcc")
            .args(["-std=c11", "-Wall", "-Werror", "-I"])
            .arg(prefix.join("include"))
            .arg(source)
            .arg("-o")
            .arg(&program),
    )?;
    let layout = output_of(&mut command(program))?;
    if !layout.starts_with("pointer 8\n") {
        println!("the layout is compared where pointers have 8 bytes");
        return Ok(());
    }
    compare("layout.txt", &layout)
}

fn compare(name: &str, now: &str) -> Result {
    let path = root().join(FOLDER).join(name);
    let then = std::fs::read_to_string(&path).unwrap_or_default();
    if then == now {
        println!("{name}: {} lines, as accepted", now.lines().count());
        return Ok(());
    }
    if std::env::var_os("INSTA_UPDATE").is_some_and(|update| update == "always") {
        println!("{name}: written");
        return Ok(std::fs::write(path, now)?);
    }
    let what = difference(&then, now);
    Err(format!("{FOLDER}/{name}: {what}\naccept with INSTA_UPDATE=always").into())
}

fn difference(then: &str, now: &str) -> String {
    let missing = |from: &str, of: &str| -> String {
        let lines = from.lines().filter(|line| !of.lines().any(|other| other == *line));
        lines.fold(String::new(), |all, line| all + "\n  " + line)
    };
    match (missing(then, now), missing(now, then)) {
        (gone, new) if gone.is_empty() => format!("new:{new}"),
        (gone, new) => format!("gone, which breaks programs:{gone}\nnew:{new}"),
    }
}

/// What a header declares.
#[derive(Debug, Default)]
struct Header {
    functions: Vec<String>,
    callbacks: Vec<String>,
    handles: Vec<String>,
    /// With their constants.
    enums: Vec<(String, Vec<String>)>,
    /// With their fields.
    structs: Vec<(String, Vec<String>)>,
}

impl Header {
    fn parse(text: &str) -> Result<Self> {
        let is_code = |line: &&str| !line.starts_with(['#', '/']) && !line.starts_with('*') && !line.is_empty();
        let code: Vec<&str> = text.lines().map(str::trim).filter(is_code).collect();
        let code = code.join(" ").replace("extern \"C\" {", "");
        let mut header = Self::default();
        let mut rest = code.as_str();
        while let Some(end) = end_of_statement(rest) {
            let (statement, after) = rest.split_at(end);
            rest = after.get(1..).unwrap_or_default();
            header.take(&one_spaced(statement))?;
        }
        header.functions.sort();
        Ok(header)
    }

    fn take(&mut self, statement: &str) -> Result {
        // The end of `extern "C"`.
        let statement = statement.trim_start_matches(['}', ' ']);
        let not_understood = || format!("not understood: {statement}");
        let list = || statement.split_once('{').and_then(|(_, rest)| rest.rsplit_once('}'));
        if statement.is_empty() {
        } else if let Some(rest) = statement.strip_prefix("enum ") {
            let name = rest.split([' ', ':', '{']).next().ok_or_else(not_understood)?;
            let (constants, _) = list().ok_or_else(not_understood)?;
            let constants = constants.split(',').filter_map(|c| c.split('=').next()).map(str::trim);
            self.enums.push((name.to_owned(), constants.filter(|c| !c.is_empty()).map(str::to_owned).collect()));
        } else if statement.starts_with("typedef struct {") {
            let (fields, name) = list().ok_or_else(not_understood)?;
            let fields = fields.split(';').filter_map(|field| field.rsplit([' ', '*']).find(|word| !word.is_empty()));
            self.structs.push((name.trim().to_owned(), fields.map(str::to_owned).collect()));
        } else if let Some(rest) = statement.strip_prefix("typedef struct ") {
            self.handles.push(rest.split(' ').next().unwrap_or_default().to_owned());
        } else if statement.starts_with("typedef enum ") || statement.starts_with("typedef int32_t voxline_") {
            // The two names of an enum.
        } else if let Some(callback) = statement.strip_prefix("typedef ") {
            self.callbacks.push(callback.to_owned());
        } else if statement.contains('(') {
            self.functions.push(statement.to_owned());
        } else {
            return Err(not_understood().into());
        }
        Ok(())
    }

    fn signatures(&self) -> String {
        let handles = self.handles.iter().map(|handle| format!("handle {handle}"));
        let callbacks = self.callbacks.iter().map(|callback| format!("callback {callback}"));
        let all = handles.chain(callbacks).chain(self.functions.iter().cloned());
        all.fold(String::new(), |all, line| all + &line + "\n")
    }

    /// A program that prints sizes, places and numbers as its compiler sees them.
    fn layout_program(&self) -> String {
        let mut lines = String::new();
        let mut print = |label: &str, value: &str| {
            // Writing to a string does not fail.
            let _ = writeln!(lines, "    printf(\"{label} %ld\\n\", (long)({value}));");
        };
        print("pointer", "sizeof(void *)");
        for (name, fields) in &self.structs {
            print(&format!("struct {name} size"), &format!("sizeof({name})"));
            print(&format!("struct {name} alignment"), &format!("_Alignof({name})"));
            for field in fields {
                print(&format!("struct {name} {field} at"), &format!("offsetof({name}, {field})"));
                print(&format!("struct {name} {field} size"), &format!("sizeof((({name} *)0)->{field})"));
            }
        }
        for (name, constants) in &self.enums {
            print(&format!("enum {name} size"), &format!("sizeof({name})"));
            constants.iter().for_each(|constant| print(&format!("enum {name} {constant}"), constant));
        }
        format!(
            "#include <stddef.h>\n#include <stdio.h>\n\n#include <voxline.h>\n\nint main(void) {{\n{lines}    return 0;\n}}\n"
        )
    }
}

/// Where the next semicolon stands that is in no braces.
fn end_of_statement(code: &str) -> Option<usize> {
    let mut depth = 0_i32;
    for (place, byte) in code.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            // One more closes than opens: that of `extern "C"`.
            b'}' => depth = (depth - 1).max(0),
            b';' if depth == 0 => return Some(place),
            _ => {}
        }
    }
    None
}

fn one_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_and_breaks_are_told_apart() {
        assert_eq!(difference("a\nb\n", "a\nb\nc\n"), "new:\n  c");
        assert_eq!(difference("a 1\nb\n", "a 2\nb\n"), "gone, which breaks programs:\n  a 1\nnew:\n  a 2");
    }

    #[test]
    fn a_header_is_taken_apart() {
        let text = "/* Words;\n * more words;\n */\n#ifndef X\nenum voxline_a\n#if 1\n  : int32_t\n#endif\n {\n    /**\n     * One; \
                    two.\n     */\n    VOXLINE_A = 0,\n    VOXLINE_B = -1,\n};\ntypedef enum voxline_a voxline_a;\n\
                    typedef int32_t voxline_a;\ntypedef struct voxline_h voxline_h;\ntypedef struct {\n    const char *key;\n    \
                    int64_t at;\n} voxline_s;\ntypedef int32_t (*voxline_fn)(void *userdata,\n    int x);\nextern \"C\" {\n\
                    int32_t voxline_f(voxline_h *h,\n                  int d);\nvoid voxline_e(void);\n}\n";
        let header = Header::parse(text).unwrap();
        assert_eq!(header.functions, ["int32_t voxline_f(voxline_h *h, int d)", "void voxline_e(void)"]);
        assert_eq!(header.callbacks, ["int32_t (*voxline_fn)(void *userdata, int x)"]);
        assert_eq!(header.handles, ["voxline_h"]);
        let of = |name: &str, words: [&str; 2]| (name.to_owned(), words.map(str::to_owned).to_vec());
        assert_eq!(header.enums, [of("voxline_a", ["VOXLINE_A", "VOXLINE_B"])]);
        assert_eq!(header.structs, [of("voxline_s", ["key", "at"])]);
        assert!(header.layout_program().contains("offsetof(voxline_s, at)"));
        assert!(Header::parse("int x;").is_err());
    }
}
