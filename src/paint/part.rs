use std::ops::Range;

use crate::{Error, Picture};

/// Some rows of a photo: what is at hand of it where its strips are painted in different places.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    picture: &'a Picture,
    top: usize,
    height: usize,
}

impl<'a> Part<'a> {
    /// The rows from `top` on of a photo of `height` rows.
    ///
    /// # Errors
    /// [`Error::BadRecipe`] when it has not so many.
    pub fn new(picture: &'a Picture, top: usize, height: usize) -> Result<Part<'a>, Error> {
        let ends = top.checked_add(picture.height() as usize).is_some_and(|end| end <= height);
        let part = ends.then_some(Part { picture, top, height });
        part.ok_or_else(|| {
            Error::BadRecipe(format!("there is no part of {height} rows from {top} on"))
        })
    }

    /// Width and height of the photo.
    pub(super) fn whole_size(&self) -> (usize, usize) {
        (self.picture.width() as usize, self.height)
    }

    /// Width and height of what is at hand.
    pub(super) fn size(&self) -> (usize, usize) {
        (self.picture.width() as usize, self.picture.height() as usize)
    }

    /// All bytes at hand.
    pub(super) fn rgba(&self) -> &'a [u8] {
        self.picture.rgba()
    }

    /// Which rows of those at hand these of the photo are. Rows below the photo may be among them, and
    /// are then below what is at hand. Nothing, when some are missing.
    pub(super) fn find(&self, rows: &Range<usize>) -> Option<Range<usize>> {
        let end = self.top + self.picture.height() as usize;
        let all = rows.start >= self.top && rows.end.min(self.height) <= end;
        all.then(|| rows.start - self.top..rows.end - self.top)
    }
}

/// The whole photo.
impl<'a> From<&'a Picture> for Part<'a> {
    fn from(picture: &'a Picture) -> Part<'a> {
        Part { picture, top: 0, height: picture.height() as usize }
    }
}
