//! Styles as vectors: all that distinguishes one style from another is a row of numbers, and a blend or
//! a strength is a weighted sum of such rows (Dumoulin et al. 2017, section 2.2).

use crate::Error;

/// The styles that a painter knows: a vector for each, and perhaps one that gives the photo back.
#[derive(Debug, Clone, PartialEq)]
pub struct Styles {
    length: usize,
    photo: Option<Vec<f32>>,
    vectors: Vec<Vec<f32>>,
}

/// What to paint with: a mix of styles at some strength.
#[derive(Debug, Clone, PartialEq)]
pub struct Style {
    /// The mixed vector: the draft's numbers, then the revision's.
    pub vector: Vec<f32>,
    /// How much of the photo to fade in after painting, 0..1: where no vector gives the photo back.
    pub photo: f32,
}

impl Styles {
    /// `vectors` and `photo` have `length` numbers each.
    pub(crate) fn new(length: usize, photo: Option<Vec<f32>>, vectors: Vec<Vec<f32>>) -> Styles {
        Styles { length, photo, vectors }
    }

    /// So many `vectors` of `length` numbers, one after the other, and perhaps that of the photo.
    ///
    /// # Errors
    /// [`Error::BadStyle`] when there are more or fewer numbers, or some that are not finite.
    pub fn of(
        length: usize,
        photo: Option<Vec<f32>>,
        vectors: &[f32],
        count: usize,
    ) -> Result<Styles, Error> {
        check(vectors, length.saturating_mul(count))?;
        photo.iter().try_for_each(|photo| check(photo, length))?;
        // Without numbers, all styles are one.
        let vectors =
            (0..count).map(|index| vectors[index * length..(index + 1) * length].to_vec());
        Ok(Styles { length, photo, vectors: vectors.collect() })
    }

    /// Reads a table of vectors of `length` numbers, float16 and little-endian: that of the photo,
    /// then those of the styles.
    ///
    /// # Errors
    /// [`Error::BadStyle`] when the bytes are not such vectors, or hold numbers that are not finite.
    pub fn read(bytes: &[u8], length: usize) -> Result<Styles, Error> {
        let bad = |reason: &str| Err(Error::BadStyle(reason.into()));
        if length == 0 || bytes.is_empty() || !bytes.len().is_multiple_of(2 * length) {
            return bad("the table is not one of whole vectors for these networks");
        }
        let numbers: Vec<f32> =
            bytes.chunks_exact(2).map(|pair| from_half([pair[0], pair[1]])).collect();
        if !numbers.iter().all(|number| number.is_finite()) {
            return bad("the table holds numbers that are not finite");
        }
        let mut vectors = numbers.chunks_exact(length).map(<[f32]>::to_vec);
        Ok(Styles { length, photo: vectors.next(), vectors: vectors.collect() })
    }

    /// How many styles there are, the photo not counted.
    pub fn len(&self) -> usize {
        self.vectors.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.vectors.is_empty()
    }

    /// The vectors, in their order.
    pub fn vectors(&self) -> impl Iterator<Item = &[f32]> {
        self.vectors.iter().map(|vector| &vector[..])
    }

    /// The vector that gives the photo back, if one does.
    pub fn photo(&self) -> Option<&[f32]> {
        self.photo.as_deref()
    }

    /// Adds a style at the end.
    ///
    /// # Errors
    /// [`Error::BadStyle`] when the vector is not one for these networks.
    pub fn add(&mut self, vector: Vec<f32>) -> Result<(), Error> {
        check(&vector, self.length)?;
        self.vectors.push(vector);
        Ok(())
    }

    /// The mix of styles by these weights, one for each style, 0 or more (what counts is their
    /// proportion), at a strength of 0 (the photo) to 1 (all paint).
    ///
    /// # Errors
    /// [`Error::BadRecipe`] for weights or a strength that mean nothing.
    pub fn mix(&self, weights: &[f32], strength: f32) -> Result<Style, Error> {
        let bad = |reason: String| Err(Error::BadRecipe(reason));
        if weights.len() != self.len() {
            return bad(format!("{} weights for {} styles", weights.len(), self.len()));
        }
        if weights.iter().any(|weight| !weight.is_finite() || *weight < 0.0) {
            return bad("a weight has to be a number of 0 or more".into());
        }
        let total: f32 = weights.iter().sum();
        if !total.is_finite() || total < f32::MIN_POSITIVE {
            return bad("no style has a weight".into());
        }
        if !(0.0..=1.0).contains(&strength) {
            return bad(format!("a strength of {strength} is outside 0 to 1"));
        }
        let fades = self.photo.is_none();
        let paint = if fades { 1.0 } else { strength };
        let mut vector = vec![0.0; self.length];
        let styles = self.vectors().zip(weights).map(|(row, weight)| (row, weight / total * paint));
        for (row, weight) in styles.chain(self.photo().map(|row| (row, 1.0 - paint))) {
            if weight > 0.0 {
                vector.iter_mut().zip(row).for_each(|(sum, number)| *sum += weight * number);
            }
        }
        Ok(Style { vector, photo: if fades { 1.0 - strength } else { 0.0 } })
    }
}

/// Refuses what is no vector of so many numbers.
fn check(vector: &[f32], length: usize) -> Result<(), Error> {
    if vector.len() != length {
        let found = vector.len();
        return Err(Error::BadStyle(format!(
            "it has {found} numbers, and these networks {length}"
        )));
    }
    if vector.iter().all(|number| number.is_finite()) {
        return Ok(());
    }
    Err(Error::BadStyle("it holds numbers that are not finite".into()))
}

/// A float16 (IEEE 754-2008, binary16).
fn from_half(bytes: [u8; 2]) -> f32 {
    let bits = u16::from_le_bytes(bytes);
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f32::from(bits & 1023));
    let size = match exponent {
        0 => fraction * 2f32.powi(-24),
        31 => return if fraction == 0.0 { f32::INFINITY } else { f32::NAN },
        _ => (1024.0 + fraction) * 2f32.powi(exponent - 25),
    };
    if bits >> 15 == 1 { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn styles(photo: bool) -> Styles {
        let photo = photo.then(|| vec![1.0, 1.0]);
        Styles::new(2, photo, vec![vec![2.0, 0.0], vec![0.0, 4.0]])
    }

    #[test]
    fn a_mix_is_a_weighted_sum() {
        let mix = styles(true).mix(&[3.0, 1.0], 0.5).unwrap();
        assert_eq!(mix, Style { vector: vec![1.25, 1.0], photo: 0.0 });
        // Where no vector gives the photo back, it is faded in.
        let mix = styles(false).mix(&[3.0, 1.0], 0.5).unwrap();
        assert_eq!(mix, Style { vector: vec![1.5, 1.0], photo: 0.5 });
    }

    #[test]
    fn what_means_nothing_is_refused() {
        let styles = styles(true);
        for (weights, strength) in [
            (&[1.0][..], 1.0),
            (&[0.0, 0.0], 1.0),
            (&[-1.0, 2.0], 1.0),
            (&[f32::NAN, 1.0], 1.0),
            (&[1.0, 1.0], 1.5),
            (&[1.0, 1.0], f32::NAN),
        ] {
            assert_eq!(styles.mix(weights, strength).unwrap_err().code(), "bad-recipe");
        }
    }

    #[test]
    fn tables_are_read() {
        let halves = [0x3c00u16, 0xc000, 0x3800, 0x0001, 0x7bff, 0x0000];
        let bytes: Vec<u8> = halves.iter().flat_map(|half| half.to_le_bytes()).collect();
        let mut read = Styles::read(&bytes, 2).unwrap();
        assert_eq!(read.photo(), Some(&[1.0, -2.0][..]));
        let vectors: Vec<_> = read.vectors().collect();
        assert_eq!(vectors, [&[0.5, 2f32.powi(-24)][..], &[65504.0, 0.0]]);
        read.add(vec![0.0, 1.0]).unwrap();
        assert_eq!(read.len(), 3);
        for vector in [vec![], vec![1.0; 3], vec![f32::NAN, 0.0]] {
            assert_eq!(read.add(vector).unwrap_err().code(), "bad-style");
        }
    }

    #[test]
    fn what_is_no_table_is_refused() {
        for bytes in [&[][..], &[0; 6], &[0, 0x7c, 0, 0]] {
            assert_eq!(Styles::read(bytes, 2).unwrap_err().code(), "bad-style");
        }
    }
}
