//! What can be chosen about the encoder.

/// Quality and effort.
///
/// ```
/// use voxline_speex::EncoderOptions;
/// let options = EncoderOptions::default().with_quality(10).with_complexity(5);
/// assert_eq!((options.quality, options.complexity), (10, 5));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct EncoderOptions {
    /// 0 to 10: more sounds better and takes more bits. The default is 8.
    pub quality: u8,
    /// 1 to 10: more looks longer for the best parameters and takes no more bits. The default is 3, as that of `speexenc`.
    pub complexity: u8,
}

impl Default for EncoderOptions {
    fn default() -> Self {
        Self { quality: 8, complexity: 3 }
    }
}

impl EncoderOptions {
    /// The same with another quality.
    #[must_use]
    pub fn with_quality(mut self, quality: u8) -> Self {
        self.quality = quality;
        self
    }

    /// The same with another complexity.
    #[must_use]
    pub fn with_complexity(mut self, complexity: u8) -> Self {
        self.complexity = complexity;
        self
    }
}
