use std::borrow::Cow;
use std::ops::Range;

use crate::kernels::enlarge;
use crate::{Error, Picture};

/// Some rows of a photo: what is at hand of it where its strips are painted in different places.
#[derive(Debug, Clone)]
pub struct Part<'a> {
    /// `[rows, width, 4]` bytes.
    rgba: Cow<'a, [u8]>,
    width: usize,
    /// The first of the rows in the photo.
    top: usize,
    /// Of the photo.
    height: usize,
}

impl Part<'_> {
    /// The rows from `top` on of a photo of `height` rows.
    ///
    /// # Errors
    /// [`Error::BadRecipe`] when it has not so many.
    pub fn new(picture: Picture, top: usize, height: usize) -> Result<Part<'static>, Error> {
        let (width, rows) = (picture.width() as usize, picture.height() as usize);
        if top.checked_add(rows).is_none_or(|end| end > height) {
            return Err(Error::BadRecipe(format!("no photo of {height} rows has {rows} at {top}")));
        }
        Ok(Part { rgba: picture.into_rgba().into(), width, top, height })
    }

    /// Width and height of the photo.
    pub(super) fn whole_size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// Width and height of what is at hand.
    pub(super) fn size(&self) -> (usize, usize) {
        (self.width, self.rgba.len() / self.width.max(1) / 4)
    }

    /// All bytes at hand.
    pub(super) fn rgba(&self) -> &[u8] {
        &self.rgba
    }

    /// The bytes of these rows of the photo.
    ///
    /// # Errors
    /// [`Error::BadRecipe`] when they are not at hand.
    pub(crate) fn rows(&self, rows: &Range<usize>) -> Result<&[u8], Error> {
        Ok(&self.rgba[self.bytes(rows)?])
    }

    /// Replaces these rows of the photo, which have to be at hand.
    pub(super) fn replace(&mut self, rows: &Range<usize>, rgba: &[u8]) -> Result<(), Error> {
        let bytes = self.bytes(rows)?;
        self.rgba.to_mut()[bytes].copy_from_slice(rgba);
        Ok(())
    }

    /// These rows of the photo, and nothing else.
    pub(super) fn cut(self, rows: &Range<usize>) -> Result<Vec<u8>, Error> {
        let bytes = self.bytes(rows)?;
        let mut rgba = self.rgba.into_owned();
        rgba.truncate(bytes.end);
        rgba.drain(..bytes.start);
        Ok(rgba)
    }

    /// Which rows of those at hand these of the photo are. Rows below the photo may be among them, and
    /// are then below what is at hand.
    pub(super) fn find(&self, rows: &Range<usize>) -> Result<Range<usize>, Error> {
        let end = self.top + self.size().1;
        if rows.start < self.top || rows.end < rows.start || rows.end.min(self.height) > end {
            return Err(Error::BadRecipe(format!("the rows {rows:?} are not at hand")));
        }
        Ok(rows.start - self.top..rows.end - self.top)
    }

    /// These rows of the picture enlarged to `to`. What they are made of has to be at hand.
    pub(super) fn enlarged(
        &self,
        to: (usize, usize),
        rows: &Range<usize>,
    ) -> Result<Part<'static>, Error> {
        let read = enlarge::read_rows(self.height, to.1, rows);
        let found = self.find(&read)?;
        let size = (self.width, self.height);
        let at_hand = &self.rgba[found.start * self.width * 4..found.end * self.width * 4];
        let rgba = enlarge::enlarge(at_hand, read.start, size, to, rows.clone());
        Ok(Part { rgba: rgba.into(), width: to.0, top: rows.start, height: to.1 })
    }

    fn bytes(&self, rows: &Range<usize>) -> Result<Range<usize>, Error> {
        if rows.end > self.height {
            return Err(Error::BadRecipe(format!("the photo ends before the rows {rows:?} do")));
        }
        let found = self.find(rows)?;
        let pitch = self.width * 4;
        Ok(found.start * pitch..found.end * pitch)
    }
}

/// The whole photo.
impl<'a> From<&'a Picture> for Part<'a> {
    fn from(picture: &'a Picture) -> Part<'a> {
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        Part { rgba: picture.rgba().into(), width, top: 0, height }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_those_of_the_photo() {
        let picture = |rows: u8| {
            let rgba = (0..rows).flat_map(|row| [row; 8]).collect();
            Picture::from_rgba(2, rows.into(), rgba).unwrap()
        };
        let part = Part::new(picture(4), 10, 20).unwrap();
        assert_eq!(part.rows(&(11..13)).unwrap(), [[1; 8], [2; 8]].concat());
        let mut changed = part.clone();
        changed.replace(&(12..13), &[9; 8]).unwrap();
        assert_eq!(changed.cut(&(12..14)).unwrap(), [[9; 8], [3; 8]].concat());
        // Rows below the photo are mirror images of some that are at hand.
        assert_eq!(Part::new(picture(4), 16, 20).unwrap().find(&(17..24)).unwrap(), 1..8);
        #[allow(clippy::reversed_empty_ranges)]
        for rows in [9..11, 13..15, 14..20, 12..5, 10..usize::MAX] {
            assert_eq!(part.rows(&rows).unwrap_err().code(), "bad-recipe", "{rows:?}");
        }
        for (top, height) in [(17, 20), (usize::MAX, 20), (0, 3)] {
            assert_eq!(Part::new(picture(4), top, height).unwrap_err().code(), "bad-recipe");
        }
    }
}
