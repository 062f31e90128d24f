//! Painting a picture in strips, one after the other, with statistics that are known or not needed:
//! memory stays flat, and there are no seams, since every strip sees as many rows around it as it
//! reaches into (as in URST, Chen et al. 2022).

use std::collections::VecDeque;
use std::ops::Range;

use super::{Brush, Moments, Part, Size, StripPainting, check_size};
use crate::Error;
use crate::model::{Reach, StyleModel};

/// The most pixels of the strips that are painted at the same time, with their halos.
const MOST_OF_STRIPS: usize = 3 << 18;

/// The least rows of a strip, so that it is not mostly halo.
const LEAST_STRIP: usize = 72;

/// Rows of a map that the kernels make together: of whole tiles, nothing is made in vain.
const TILE: usize = 6;

/// Paints the rows `rows` of the photo that `part` is of, strip by strip, and gives them, `[rows, width,
/// 4]` bytes: a [`Detail`](super::Kind::Detail) pass with the `moments` of the draft's feature maps, or a
/// [`Revision`](super::Kind::Revision) on the `draft`, which is of any size. What is said of rows and part
/// at [`StripPainting::new`] holds here, too; of the draft, the rows that the part shows have to be at hand,
/// and two more on each side. `painters` share the memory: how many paint at the same time.
///
/// # Errors
/// Those of [`StripPainting::new`]; [`Error::Engine`] when the moments are those of another model.
pub fn paint_rows<'a>(
    brush: Brush,
    part: impl Into<Part<'a>>,
    draft: Option<&Part>,
    rows: Range<usize>,
    moments: &[Moments],
    painters: usize,
    progress: &mut dyn FnMut(f32),
) -> Result<Vec<u8>, Error> {
    let part = part.into();
    check_size(part.whole_size())?;
    let strips = strips(brush.model, Size::of(&part, brush.model), rows, painters);
    in_strips(brush, part, draft, &strips, moments, progress)
}

/// Paints the rows that `strips` divide, in the place of the photo.
fn in_strips(
    brush: Brush,
    mut part: Part,
    draft: Option<&Part>,
    strips: &[Range<usize>],
    moments: &[Moments],
    progress: &mut dyn FnMut(f32),
) -> Result<Vec<u8>, Error> {
    let reach = brush.model.reach().map_or(0, |reach| reach.in_turn);
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
        let mut painting = StripPainting::below(above, brush, &part, draft, strip.clone())?;
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
    use crate::Picture;
    use crate::paint::{Kind, Painter};

    /// A real photo, enlarged.
    fn photo(side: u32) -> Picture {
        let file = include_bytes!("../../tests/golden/astronaut.png");
        Picture::decode(file).unwrap().resize(side, side).unwrap()
    }

    fn largest_difference(a: &[u8], b: &[u8]) -> u8 {
        a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max().unwrap()
    }

    /// The moments of the draft of a photo that is painted at once.
    fn gathered(brush: Brush, photo: &Picture) -> Vec<Moments> {
        let mut whole = StripPainting::new(brush, photo, 0..photo.height() as usize).unwrap();
        std::iter::from_fn(|| whole.advance_alone(&mut |_| {}).unwrap()).collect()
    }

    #[test]
    fn strips_read_equally_many_rows() {
        let painter = Painter::shipped();
        let style = painter.styles().mix(&painter.weights(0), 1.0).unwrap();
        for kind in [Kind::Draft, Kind::Revision] {
            let model = painter.brush(kind, &style).unwrap().model;
            let halo = model.reach().unwrap().in_turn;
            for (width, height) in [(2048, 2048), (4032, 3024), (3024, 4032), (9000, 200), (50, 9)]
            {
                let size = Size {
                    width,
                    height,
                    padded_width: width.next_multiple_of(4),
                    padded_height: height.next_multiple_of(4),
                };
                let strips = strips(model, size, 0..height, 1);
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
    }

    #[test]
    fn strips_leave_no_seams() {
        let painter = Painter::shipped();
        let style = painter.styles().mix(&painter.weights(1), 1.0).unwrap();
        let (photo, small) = (photo(300), photo(150));
        for kind in [Kind::Draft, Kind::Revision] {
            let brush = painter.brush(kind, &style).unwrap();
            let revises = kind == Kind::Revision;
            let moments = if revises { vec![] } else { gathered(brush, &photo) };
            let draft = revises.then(|| Part::from(&small));
            let paint = |strips: &[Range<usize>]| {
                let part = Part::from(&photo);
                in_strips(brush, part, draft.as_ref(), strips, &moments, &mut |_| {}).unwrap()
            };
            let whole = paint(std::slice::from_ref(&(0..300)));
            assert!(largest_difference(&whole, photo.rgba()) > 20);
            let few_rows: Vec<_> = (0..25).map(|strip| strip * 12..(strip + 1) * 12).collect();
            for strips in
                [&[0..64, 64..200, 200..300][..], &[0..100, 100..104, 104..300], &few_rows]
            {
                let largest = largest_difference(&whole, &paint(strips));
                assert!(largest <= 1, "{largest:?} of 255 in the strips {strips:?}");
            }
        }
    }

    #[test]
    fn painters_of_a_few_rows_each_leave_no_seams() {
        let painter = Painter::shipped();
        let style = painter.styles().mix(&painter.weights(2), 1.0).unwrap();
        let photo = photo(800).resize(90, 800).unwrap();
        let small = photo.resize(45, 400).unwrap();
        for kind in [Kind::Draft, Kind::Revision] {
            let brush = painter.brush(kind, &style).unwrap();
            let revises = kind == Kind::Revision;
            let moments = if revises { vec![] } else { gathered(brush, &photo) };
            let draft = revises.then(|| Part::from(&small));
            let whole = paint_rows(brush, &photo, draft.as_ref(), 0..800, &moments, 1, &mut |_| {})
                .unwrap();
            let reach = brush.model.strip_reach().unwrap();
            let painted: Vec<u8> = [0..100usize, 100..352, 352..800]
                .into_iter()
                .flat_map(|rows| {
                    // Each has no more at hand than it has to.
                    let seen = rows.start.saturating_sub(reach)..(rows.end + reach).min(800);
                    let cut = |picture: &Picture, rows: Range<usize>| {
                        let pitch = picture.width() as usize * 4;
                        let rgba = picture.rgba()[rows.start * pitch..rows.end * pitch].to_vec();
                        let piece = Picture::from_rgba(picture.width(), rows.len() as u32, rgba);
                        Part::new(piece.unwrap(), rows.start, picture.height() as usize).unwrap()
                    };
                    let part = cut(&photo, seen.clone());
                    let read = (seen.start / 2).saturating_sub(2)..(seen.end / 2 + 2).min(400);
                    let draft = revises.then(|| cut(&small, read));
                    paint_rows(brush, part, draft.as_ref(), rows, &moments, 3, &mut |_| {}).unwrap()
                })
                .collect();
            let largest = largest_difference(&whole, &painted);
            assert!(largest <= 1, "{largest} of 255");
        }
    }
}
