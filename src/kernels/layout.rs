//! Between the planes of a tensor (`[channels, height, width]`) and a feature map.

use std::ops::Range;

use super::buffer::Buffer;
use super::map::{Source, lanes};
use super::simd::{LANES, Vector};

/// How the pixels of a square block are numbered among the channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum BlockOrder {
    /// `(row * block + column) * channels + channel`: ONNX `SpaceToDepth`, and `DepthToSpace` in
    /// mode `DCR`.
    PixelMajor,
    /// `(channel * block + row) * block + column`: `DepthToSpace` in mode `CRD`, and PyTorch.
    ChannelMajor,
}

/// Blocks of `side` x `side` pixels that become (or come from) one pixel with more channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Block {
    pub(crate) side: usize,
    pub(crate) order: BlockOrder,
}

impl Block {
    /// Every pixel by itself.
    pub(crate) const SINGLE: Block = Block { side: 1, order: BlockOrder::PixelMajor };

    /// The channel that holds `channel` (of `channels`) of the pixel at `row`, `column`.
    pub(crate) fn index(self, channel: usize, channels: usize, row: usize, column: usize) -> usize {
        match self.order {
            BlockOrder::PixelMajor => (row * self.side + column) * channels + channel,
            BlockOrder::ChannelMajor => (channel * self.side + row) * self.side + column,
        }
    }
}

/// Planes `[channels, height, width]` as a map of their blocks, `[height / side, width / side,
/// lanes(channels * side * side)]`. Height and width are multiples of `side`.
pub(crate) fn planes_to_map(
    planes: &[f32],
    (channels, height, width): (usize, usize, usize),
    block: Block,
    map: &mut [f32],
) {
    let side = block.side;
    let lanes = lanes(channels * side * side);
    let columns = width / side;
    assert_eq!(planes.len(), channels * height * width);
    assert_eq!(map.len(), height / side * columns * lanes);
    if lanes != channels * side * side {
        map.fill(0.0);
    }
    for (channel, plane) in planes.chunks_exact(height * width).enumerate() {
        for (y, row) in plane.chunks_exact(width).enumerate() {
            let pixels = &mut map[y / side * columns * lanes..][..columns * lanes];
            for column in 0..side {
                let index = block.index(channel, channels, y % side, column);
                let values = row[column..].iter().step_by(side);
                for (pixel, value) in pixels.chunks_exact_mut(lanes).zip(values) {
                    pixel[index] = *value;
                }
            }
        }
    }
}

/// Rows `rows` of `source`, finished, as planes `[channels, height * side, width * side]` of
/// blocks taken apart. `finish` gets each row of the planes with its channel and number. The
/// planes' other rows are left as they are.
pub(crate) fn map_to_planes(
    source: Source,
    rows: Range<usize>,
    channels: usize,
    block: Block,
    planes: &mut [f32],
    finish: impl Fn(usize, usize, &mut [f32]),
) {
    let side = block.side;
    let (height, width) = (source.rows() * side, source.columns() * side);
    assert_eq!(planes.len(), channels * height * width);
    let mut pixels = Buffer::zeros(source.columns() * source.lanes);
    for y in rows {
        source.read_row(y as isize, 0, 0, &mut pixels);
        for (channel, plane) in planes.chunks_exact_mut(height * width).enumerate() {
            for row in 0..side {
                let y = y * side + row;
                let out = &mut plane[y * width..(y + 1) * width];
                for column in 0..side {
                    let index = block.index(channel, channels, row, column);
                    let values = pixels.chunks_exact(source.lanes).map(|pixel| pixel[index]);
                    let out = out[column..].iter_mut().step_by(side);
                    out.zip(values).for_each(|(out, value)| *out = value);
                }
                finish(channel, y, out);
            }
        }
    }
}

/// Rows `rows` of the sum of two maps of one shape, each finished as it says. The other rows of
/// `sum` are left as they are.
pub(crate) fn add_maps(first: Source, second: Source, rows: Range<usize>, sum: &mut [f32]) {
    let pitch = first.columns() * first.lanes;
    assert_eq!((first.rows(), first.columns()), (second.rows(), second.columns()));
    assert_eq!((first.lanes, sum.len()), (second.lanes, first.rows() * pitch));
    let mut other = Buffer::zeros(pitch);
    for y in rows {
        let out = &mut sum[y * pitch..][..pitch];
        first.read_row(y as isize, 0, 0, out);
        second.read_row(y as isize, 0, 0, &mut other);
        for (out, other) in out.chunks_exact_mut(LANES).zip(other.chunks_exact(LANES)) {
            (Vector::load(out) + Vector::load(other)).store(out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::map::Border;
    use crate::kernels::testing::noise;

    fn source(values: &[f32], height: usize, width: usize, lanes: usize) -> Source<'_> {
        let (affine, relu, enlarge, border) = (None, false, 1, Border::Zero);
        Source { values, height, width, lanes, affine, relu, enlarge, border }
    }

    #[test]
    fn blocks_are_taken_apart_as_they_were_put_together() {
        let (channels, height, width) = (3, 6, 12);
        let planes = noise(channels * height * width, 1);
        for side in [1, 2, 3] {
            for order in [BlockOrder::PixelMajor, BlockOrder::ChannelMajor] {
                let block = Block { side, order };
                let lanes = lanes(channels * side * side);
                let (rows, columns) = (height / side, width / side);
                let mut map = vec![f32::NAN; rows * columns * lanes];
                planes_to_map(&planes, (channels, height, width), block, &mut map);
                for (pixel, lane) in
                    (0..rows * columns).map(|pixel| (pixel, channels * side * side))
                {
                    assert!(
                        map[pixel * lanes + lane..(pixel + 1) * lanes].iter().all(|v| *v == 0.0)
                    );
                }
                // By the definition of ONNX: one pixel of the last block.
                let want = planes[(2 * height + height - 1) * width + width - side];
                let at = match order {
                    BlockOrder::PixelMajor => (side - 1) * side * channels + 2,
                    BlockOrder::ChannelMajor => 2 * side * side + (side - 1) * side,
                };
                assert_eq!(map[(rows * columns - 1) * lanes + at], want);
                let mut back = vec![f32::NAN; planes.len()];
                let whole = source(&map, rows, columns, lanes);
                map_to_planes(whole, 0..rows, channels, block, &mut back, |_, _, _| {});
                assert_eq!(back, planes);
            }
        }
    }

    #[test]
    fn maps_are_added_where_asked() {
        let (a, b) = (noise(3 * 5 * 4, 1), noise(3 * 5 * 4, 2));
        let mut sum = vec![9.0; a.len()];
        add_maps(source(&a, 3, 5, 4), source(&b, 3, 5, 4), 1..3, &mut sum);
        assert!(sum[..20].iter().all(|value| *value == 9.0));
        for index in 20..60 {
            assert_eq!(sum[index], a[index] + b[index]);
        }
    }
}
