use crate::kernels::bands::add_enlarged;
use crate::{Error, Picture};

/// How strong the small strokes are, for a painting that is enlarged by 1; they weaken as it is
/// enlarged more, or they would drown the large ones.
const DETAIL: f32 = 2.2;

/// `coarse` at the size of `fine`, and sharp with what `fine` has beyond the size of `coarse`: how a
/// [`Detail`](super::Kind::Detail) pass is put to the one before.
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

/// What the colours of `fine`, with their contrast reduced to `detail`, lack to those of `coarse`:
/// `[n, 3]`.
fn difference(coarse: &[u8], fine: &[u8], detail: f32) -> Vec<f32> {
    let pixels = coarse.chunks_exact(4).zip(fine.chunks_exact(4));
    let lack =
        |coarse: u8, fine: u8| f32::from(coarse) - 127.5 - (f32::from(fine) - 127.5) * detail;
    pixels.flat_map(|(coarse, fine)| [0, 1, 2].map(|c| lack(coarse[c], fine[c]))).collect()
}
