//! Painting a picture that is larger than its strokes are to be: the same painting as that of a
//! smaller copy, only sharper (coarse to fine, after Gatys et al. 2017, section 5).
//!
//! The smallest copy is painted whole, at the size where strokes come out as they should. The next
//! larger one, and in the end the picture itself, are painted in strips, with the moments of the
//! smallest one's feature maps: memory stays flat, and there are no seams, since every strip sees as
//! many rows around it as it reaches into (as in URST, Chen et al. 2022). Strokes of those paintings
//! are small. What each has beyond the size of the one before sharpens that one; all else is the one
//! before.

use std::collections::VecDeque;
use std::ops::Range;

use super::{Moments, Part, Recipe, Size, StripPainting, check_size, copy, take_colours};
use crate::kernels::bands::add_enlarged;
use crate::model::{Reach, StyleModel};
use crate::{Error, Picture};

/// How strong the small strokes are, for a painting that is enlarged by 1; they weaken as it is
/// enlarged more, or they would drown the large ones.
const DETAIL: f32 = 2.2;

/// The most pixels of the strips that are painted at the same time, with their halos.
const MOST_OF_STRIPS: usize = 3 << 18;

/// The least rows of a strip, so that it is not mostly halo.
const LEAST_STRIP: usize = 72;

/// Rows of a map that the kernels make together: of whole tiles, nothing is made in vain.
const TILE: usize = 6;

/// Paints `photo` by way of its [copies](copy), the smallest first.
pub(super) fn paint(
    model: &StyleModel,
    photo: &Picture,
    recipe: &Recipe,
    progress: &mut dyn FnMut(f32),
) -> Result<Picture, Error> {
    let mut copies = vec![];
    while let Some(smaller) = copy(copies.last().unwrap_or(photo), recipe.stroke)? {
        copies.push(smaller);
    }
    let area = |picture: &Picture| picture.rgba().len() as f32;
    let pictures = copies.iter().rev().chain([photo]);
    let total: f32 = pictures.clone().map(area).sum();
    let (mut moments, mut done, mut painting) = (vec![], 0.0, None);
    for picture in pictures {
        let mut tell = |fraction: f32| progress((done + fraction * area(picture)) / total);
        painting = Some(match painting {
            None => at_once(model, picture, recipe, &mut moments, &mut tell)?,
            Some(coarse) => {
                let (width, height) = (picture.width(), picture.height());
                let rows = 0..height as usize;
                let fine = paint_rows(model, picture, rows, recipe, &moments, 1, &mut tell)?;
                sharpen(&coarse, Picture::from_rgba(width, height, fine)?)?
            }
        });
        done += area(picture);
    }
    let painting = painting.ok_or_else(|| Error::Engine("there is nothing to paint".into()))?;
    // Last, for it is in the style's colours that the copies are put together.
    if recipe.keep_colours { take_colours(painting, photo) } else { Ok(painting) }
}

/// Paints all of `photo` with the strokes that come out at its size, in the style's colours. `moments` gets
/// those of its feature maps.
fn at_once(
    model: &StyleModel,
    photo: &Picture,
    recipe: &Recipe,
    moments: &mut Vec<Moments>,
    progress: &mut dyn FnMut(f32),
) -> Result<Picture, Error> {
    let recipe = Recipe { keep_colours: false, ..recipe.clone() };
    let mut whole = StripPainting::new(model, photo, 0..photo.height() as usize, &recipe)?;
    while let Some(gathered) = whole.advance_alone(progress)? {
        moments.push(gathered);
    }
    let mut painting = photo.rgba().to_vec();
    whole.finish(&mut painting)?;
    Picture::from_rgba(photo.width(), photo.height(), painting)
}

/// `coarse` at the size of `fine`, and sharp with what `fine` has beyond the size of `coarse`: the next
/// step of a painting from coarse to fine. See [`copy`].
///
/// # Errors
/// [`Error::NoMemory`].
pub fn sharpen(coarse: &Picture, fine: Picture) -> Result<Picture, Error> {
    let reduced = fine.resize(coarse.width(), coarse.height())?;
    let (width, height) = (fine.width(), fine.height());
    let detail = (DETAIL * coarse.width() as f32 / width as f32).min(1.0);
    let difference = difference(coarse.rgba(), reduced.rgba(), detail);
    let small = (coarse.width() as usize, coarse.height() as usize);
    let mut painting = fine.into_rgba();
    add_enlarged(&mut painting, width as usize, &difference, small, detail);
    Picture::from_rgba(width, height, painting)
}

/// Paints the rows `rows` of the photo that `part` is of, strip by strip, with these moments for its
/// feature maps, and gives them, `[rows, width, 4]` bytes. What is said of rows and part at
/// [`StripPainting::new`] holds here, too. `painters` share the memory: how many do so at the same time. The
/// size of the strokes and the photo's colours are nothing to it. See [`copy`].
///
/// # Errors
/// Those of [`StripPainting::new`]; [`Error::Engine`] when the moments are those of another model.
pub fn paint_rows<'a>(
    model: &StyleModel,
    part: impl Into<Part<'a>>,
    rows: Range<usize>,
    recipe: &Recipe,
    moments: &[Moments],
    painters: usize,
    progress: &mut dyn FnMut(f32),
) -> Result<Vec<u8>, Error> {
    let part = part.into();
    check_size(part.whole_size())?;
    let strips = strips(model, Size::of(&part, model), rows, painters);
    in_strips(model, part, &strips, recipe, moments, progress)
}

/// Paints the rows that `strips` divide, in the place of the photo.
fn in_strips(
    model: &StyleModel,
    mut part: Part,
    strips: &[Range<usize>],
    recipe: &Recipe,
    moments: &[Moments],
    progress: &mut dyn FnMut(f32),
) -> Result<Vec<u8>, Error> {
    let recipe = &Recipe { keep_colours: false, ..recipe.clone() };
    let reach = model.reach().map_or(0, |reach| reach.in_turn);
    let rows =
        strips.first().map_or(0, |strip| strip.start)..strips.last().map_or(0, |strip| strip.end);
    let mut above = None;
    // What lies in the reach of strips further down.
    let mut painted: VecDeque<(&Range<usize>, Vec<u8>)> = VecDeque::new();
    for strip in strips {
        while painted.front().is_some_and(|(done, _)| done.end + reach <= strip.start) {
            if let Some((done, rgba)) = painted.pop_front() {
                part.replace(done, &rgba)?;
            }
        }
        let share = |count: usize| count as f32 / rows.len() as f32;
        let from = share(strip.start - rows.start);
        let mut tell = |fraction: f32| progress(from + fraction * share(strip.len()));
        let mut painting = StripPainting::below(above, model, &part, strip.clone(), recipe)?;
        let mut moments = moments.iter();
        while painting.advance_alone(&mut tell)?.is_some() {
            let missing = || Error::Engine("a strip has more maps than the copy".into());
            painting.replace(moments.next().ok_or_else(missing)?)?;
        }
        above = Some(painting.take_below());
        let mut rgba = part.rows(strip)?.to_vec();
        painting.finish(&mut rgba)?;
        painted.push_back((strip, rgba));
    }
    for (strip, rgba) in painted {
        part.replace(strip, &rgba)?;
    }
    part.cut(&rows)
}

/// What the colours of `fine`, with their contrast reduced to `detail`, lack to those of `coarse`:
/// `[n, 3]`.
fn difference(coarse: &[u8], fine: &[u8], detail: f32) -> Vec<f32> {
    let pixels = coarse.chunks_exact(4).zip(fine.chunks_exact(4));
    let lack =
        |coarse: u8, fine: u8| f32::from(coarse) - 127.5 - (f32::from(fine) - 127.5) * detail;
    pixels.flat_map(|(coarse, fine)| [0, 1, 2].map(|c| lack(coarse[c], fine[c]))).collect()
}

/// The strips that `rows` are divided into: as few as fit into their painter's part of
/// [`MOST_OF_STRIPS`] with their halos. One strip, for a model that has to see the whole picture.
///
/// Each reads equally many rows, so those at the top and at the bottom of the picture, with one halo instead
/// of two, paint more: then every strip finds the memory that the one before has left.
fn strips(
    model: &StyleModel,
    size: Size,
    rows: Range<usize>,
    painters: usize,
) -> Vec<Range<usize>> {
    let Some(Reach { in_turn: halo, .. }) = model.reach() else {
        return std::iter::once(rows).collect();
    };
    let read = rows.start.saturating_sub(halo)..rows.end.saturating_add(halo).min(size.height);
    let most = MOST_OF_STRIPS / painters.max(1) / size.padded_width;
    let tile = TILE * model.stride();
    let most = (most.saturating_sub(2 * halo) / tile * tile).max(LEAST_STRIP);
    let without_halos = read.len().saturating_sub(2 * halo);
    let count = without_halos.div_ceil(most).max(1);
    let each = without_halos.div_ceil(count).next_multiple_of(tile);
    // Rounding up may leave nothing for the last one.
    let ends = (1..count).map(|strip| read.start + halo + strip * each);
    let ends: Vec<_> = ends.take_while(|end| *end < rows.end).chain([rows.end]).collect();
    ends.iter().scan(rows.start, |top, &end| Some(std::mem::replace(top, end)..end)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> StyleModel {
        StyleModel::read(include_bytes!("../../models/brushwork.onnx")).unwrap()
    }

    /// A real photo, enlarged.
    fn photo(side: u32) -> Picture {
        let file = include_bytes!("../../tests/golden/astronaut.png");
        Picture::decode(file).unwrap().resize(side, side).unwrap()
    }

    fn mean_difference(a: &[u8], b: &[u8]) -> f64 {
        let sum: u64 = a.iter().zip(b).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        sum as f64 / a.len() as f64
    }

    /// The mean square of the difference between neighbours.
    fn gradient_energy(picture: &Picture) -> f64 {
        let pairs = picture.rgba().windows(5).map(|w| f64::from(w[4]) - f64::from(w[0]));
        pairs.map(|difference| difference * difference).sum::<f64>() / picture.rgba().len() as f64
    }

    /// The mean structural similarity of squares of 8 x 8 pixels (Wang et al. 2004, equation 13), of
    /// the greens.
    fn similarity(a: &Picture, b: &Picture) -> f64 {
        let (width, height) = (a.width() as usize, a.height() as usize);
        let mut similarities = vec![];
        for (top, left) in
            (0..height - 7).step_by(4).flat_map(|y| (0..width - 7).step_by(4).map(move |x| (y, x)))
        {
            let square = |picture: &Picture| -> Vec<f64> {
                let places = (0..64).map(|i| ((top + i / 8) * width + left + i % 8) * 4 + 1);
                places.map(|place| f64::from(picture.rgba()[place])).collect()
            };
            let (a, b) = (square(a), square(b));
            let mean = |values: &[f64]| values.iter().sum::<f64>() / 64.0;
            let (mean_a, mean_b) = (mean(&a), mean(&b));
            let covariance = |a: &[f64], b: &[f64]| {
                a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>() / 64.0 - mean(a) * mean(b)
            };
            let (c1, c2) = (2.55_f64.powi(2), 7.65_f64.powi(2));
            similarities.push(
                (2.0 * mean_a * mean_b + c1) * (2.0 * covariance(&a, &b) + c2)
                    / (mean_a.powi(2) + mean_b.powi(2) + c1)
                    / (covariance(&a, &a) + covariance(&b, &b) + c2),
            );
        }
        similarities.iter().sum::<f64>() / similarities.len() as f64
    }

    #[test]
    fn what_is_saved_is_what_was_seen_and_sharper() {
        let model = model();
        let photo = |width| photo(512).resize(width, width / 8).unwrap();
        for (style, stroke) in [(0, 1.0), (0, 2.0), (3, 2.0)] {
            let recipe = Recipe { stroke, ..Recipe::single(style, model.styles()) };
            let paint = |width| crate::paint(&model, &photo(width), &recipe, &mut |_| {}).unwrap();
            let seen = paint(1024);
            for width in [2048, 3072] {
                let saved = paint(width);
                let similarity = similarity(&saved.resize(1024, 128).unwrap(), &seen);
                assert!(similarity > 0.85, "stroke {stroke}: {similarity} alike at {width}");
                let enlarged = seen.resize(width, width / 8).unwrap();
                let sharper = gradient_energy(&saved) / gradient_energy(&enlarged);
                assert!(sharper > 1.5, "stroke {stroke}: {sharper} times as sharp at {width}");
            }
        }
    }

    #[test]
    fn strips_read_equally_many_rows() {
        let model = model();
        let halo = model.reach().unwrap().in_turn;
        for (width, height) in [(2048, 2048), (4032, 3024), (3024, 4032), (9000, 200), (50, 9)] {
            let size = Size {
                width,
                height,
                padded_width: width.next_multiple_of(4),
                padded_height: height.next_multiple_of(4),
            };
            let strips = strips(&model, size, 0..height, 1);
            let ends: Vec<_> = strips.iter().map(|strip| strip.end).collect();
            assert_eq!((strips[0].start, ends[ends.len() - 1]), (0, height));
            assert!(strips.windows(2).all(|pair| pair[0].end == pair[1].start));
            assert!(strips.iter().all(|strip| !strip.is_empty() && strip.start % 4 == 0));
            let read: Vec<_> = strips
                .iter()
                .map(|strip| (strip.end + halo).min(height) - strip.start.saturating_sub(halo))
                .collect();
            let (last, others) = read.split_last().unwrap();
            assert!(others.iter().all(|rows| *rows == read[0] && rows >= last));
            let least = LEAST_STRIP + 2 * halo;
            assert!(read[0] <= (MOST_OF_STRIPS / size.padded_width).max(least) + 4);
        }
    }

    #[test]
    fn strips_leave_no_seams() {
        let (model, photo, recipe) = (model(), photo(300), Recipe::single(1, model().styles()));
        let mut moments = vec![];
        let mut whole = StripPainting::new(&model, &photo, 0..300, &recipe).unwrap();
        while let Some(gathered) = whole.advance_alone(&mut |_| {}).unwrap() {
            moments.push(gathered);
        }
        let paint = |strips: &[Range<usize>]| {
            in_strips(&model, Part::from(&photo), strips, &recipe, &moments, &mut |_| {}).unwrap()
        };
        let whole = paint(std::slice::from_ref(&(0..300)));
        let few_rows: Vec<_> = (0..25).map(|strip| strip * 12..(strip + 1) * 12).collect();
        for strips in [&[0..64, 64..200, 200..300][..], &[0..100, 100..104, 104..300], &few_rows] {
            let painted = paint(strips);
            let largest = whole.iter().zip(&painted).map(|(a, b)| a.abs_diff(*b)).max();
            assert!(largest <= Some(1), "{largest:?} of 255 in the strips {strips:?}");
        }
    }

    #[test]
    fn painters_of_a_few_rows_each_leave_no_seams() {
        let (model, recipe) = (model(), Recipe::single(2, model().styles()));
        let photo = photo(800).resize(90, 800).unwrap();
        let mut moments = vec![];
        at_once(&model, &photo, &recipe, &mut moments, &mut |_| {}).unwrap();
        let whole = paint_rows(&model, &photo, 0..800, &recipe, &moments, 1, &mut |_| {}).unwrap();
        let reach = model.strip_reach().unwrap();
        let mut painted = vec![];
        for rows in [0..300, 300..304, 304..600, 600..800_usize] {
            let at_hand = rows.start.saturating_sub(reach)..(rows.end + reach).min(800);
            let pixels = &photo.rgba()[at_hand.start * 360..at_hand.end * 360];
            let picture = Picture::from_rgba(90, at_hand.len() as u32, pixels.to_vec()).unwrap();
            let part = Part::new(picture, at_hand.start, 800).unwrap();
            // So many painters that there are several strips.
            let rows = paint_rows(&model, part, rows, &recipe, &moments, 60, &mut |_| {}).unwrap();
            painted.extend(rows);
        }
        let largest = whole.iter().zip(&painted).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(largest <= Some(1), "{largest:?} of 255");
        assert_eq!(whole.len(), painted.len());
    }

    #[test]
    fn a_larger_picture_is_the_same_painting_sharper() {
        let model = model();
        // Strokes of size 4 are those of 256 x 256 pixels.
        let recipe = Recipe { stroke: 4.0, ..Recipe::single(1, model.styles()) };
        let (small, large) = (photo(256), photo(640));
        let paint = |photo| crate::paint(&model, photo, &recipe, &mut |_| {}).unwrap();
        let (small, large) = (paint(&small), paint(&large));
        let reduced = large.resize(256, 256).unwrap();
        let difference = mean_difference(reduced.rgba(), small.rgba());
        assert!(difference < 10.0, "the paintings differ by {difference} of 255");
        // With strokes of its own size the larger one is another painting.
        let fine = Recipe { stroke: 1.0, ..recipe.clone() };
        let fine = crate::paint(&model, &photo(640), &fine, &mut |_| {}).unwrap();
        let other = mean_difference(fine.resize(256, 256).unwrap().rgba(), small.rgba());
        assert!(other > 1.5 * difference, "{other} against {difference}");
        let enlarged = small.resize(640, 640).unwrap();
        let sharper = gradient_energy(&large) / gradient_energy(&enlarged);
        assert!(sharper > 1.5, "only {sharper} times as sharp");
    }
}
