/// What can go wrong, with the cause. The text says what happened; [`Error::code`] is what a
/// program should look at.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes are no ONNX model, or not all of one.
    #[error("this is not a complete ONNX model: {0}")]
    BadModel(String),
    /// A sound ONNX model that is no style model, or needs something that is not supported.
    #[error("this model cannot be used: {0}")]
    UnsupportedModel(String),
    /// The numbers are no style for these networks.
    #[error("this style cannot be used: {0}")]
    BadStyle(String),
    /// The bytes are no picture in a format that can be read.
    #[error("this is not a picture that can be read: {0}")]
    NotAPicture(String),
    /// The picture has fewer pixels than the network can look at.
    #[error("a picture of {width}x{height} pixels is too small: {least} on each side is the least")]
    TooSmall { width: u32, height: u32, least: u32 },
    /// The picture has more pixels than can be painted in one piece.
    #[error("a picture of {width}x{height} pixels is too large: reduce it first")]
    TooLarge { width: u32, height: u32 },
    /// Style weights or strength that mean nothing.
    #[error("this recipe cannot be painted: {0}")]
    BadRecipe(String),
    /// There is not enough memory for this picture. A smaller one may fit.
    #[error("there is not enough memory to paint {width}x{height} pixels")]
    NoMemory { width: u32, height: u32 },
    /// The network failed while it ran. A defect: please report it.
    #[error("the engine failed: {0}")]
    Engine(String),
}

impl Error {
    /// A name for the kind of failure that stays the same from release to release.
    pub fn code(&self) -> &'static str {
        match self {
            Error::BadModel(_) => "bad-model",
            Error::UnsupportedModel(_) => "unsupported-model",
            Error::BadStyle(_) => "bad-style",
            Error::NotAPicture(_) => "not-a-picture",
            Error::TooSmall { .. } => "too-small",
            Error::TooLarge { .. } => "too-large",
            Error::BadRecipe(_) => "bad-recipe",
            Error::NoMemory { .. } => "no-memory",
            Error::Engine(_) => "engine",
        }
    }
}
