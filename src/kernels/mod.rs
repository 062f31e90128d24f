//! Arithmetic on slices. Nothing here knows of models, pictures or browsers.

pub(crate) mod colour;
pub(crate) mod reflect;
