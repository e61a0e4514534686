//! An error of ours inside a reader comes out as itself.

use voxline::{Error, ErrorKind, Source, prepare};

use crate::support::chat_16k;

#[test]
fn a_typed_error_survives_the_reader() {
    struct Failing(ErrorKind);
    impl std::io::Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other(Error::new(self.0, "download", "gone")))
        }
    }
    let error = prepare(Source::reader(Failing(ErrorKind::NotFound)), &chat_16k()).unwrap_err();
    assert_eq!((error.kind(), error.op()), (ErrorKind::NotFound, "download"));
}
