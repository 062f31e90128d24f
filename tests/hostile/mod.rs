//! What the fuzzers feed to the crate, and what has to hold whatever they feed. Each function takes
//! any bytes; `tests/fuzzed.rs` calls them with the corpora, `fuzz/` with what libFuzzer makes up.

// Each program that includes this uses a part of it.
#![allow(dead_code)]

use std::sync::LazyLock;

use brushwork::paint::{Brush, Moments, STROKES, Stage, StripPainting};
use brushwork::{Painter, Picture, Recipe, StyleModel};

use crate::networks::{self, Enlarging, Form};

/// Small networks of each kind: two styles and the photo itself in strips, and two that other
/// people's programs could have written.
static MODELS: LazyLock<[Model; 3]> = LazyLock::new(|| {
    let johnson = |mirrored, enlarging| {
        networks::johnson([4, 4, 8], 1, Form { opset: 13, mirrored, enlarging })
    };
    [
        networks::conditional(4, 3),
        johnson(true, Enlarging::Resize),
        johnson(false, Enlarging::Transposed),
    ]
    .map(|bytes| {
        let network = StyleModel::read(&bytes).unwrap();
        Model { painter: network.clone().into(), network }
    })
});

/// A network, and what paints with it.
struct Model {
    network: StyleModel,
    painter: Painter,
}

/// The model reader. What it accepts paints the smallest picture, or says why not.
pub fn model(bytes: &[u8]) {
    let Ok(model) = StyleModel::read(bytes) else { return };
    assert!(model.stride() > 0);
    if model.styles() == 0 || model.revises() {
        return;
    }
    let photo = Picture::from_rgba(8, 9, (0..8 * 9 * 4).map(|i| i as u8).collect()).unwrap();
    let recipe = Recipe::single(model.styles() - 1, model.styles());
    if let Ok(painting) = Painter::from(model).paint(&photo, &recipe, &mut |_| {}) {
        assert_eq!((painting.width(), painting.height()), (8, 9));
    }
}

/// The picture decoder. What it accepts can be resized, and written and read again.
pub fn picture(bytes: &[u8]) {
    let Ok(picture) = Picture::decode(bytes) else { return };
    let (width, height) = (picture.width(), picture.height());
    assert_eq!(picture.rgba().len() as u64, u64::from(width) * u64::from(height) * 4);
    let small = picture.resize(width.min(16), height.min(16)).unwrap();
    let file = small.encode_png().unwrap();
    assert_eq!(Picture::decode(&file).unwrap(), small);
}

/// A recipe of any numbers: painted, or refused as a recipe.
pub fn recipe(bytes: &[u8]) {
    let mut bytes = Bytes(bytes);
    let model = &MODELS[usize::from(bytes.byte() & 1)];
    let photo = Picture::from_rgba(8, 8, vec![bytes.byte(); 256]).unwrap();
    let recipe = recipe_from(&mut bytes);
    let sound = recipe.weights.len() == model.network.styles()
        && recipe.weights.iter().all(|weight| weight.is_finite() && *weight >= 0.0)
        && recipe.weights.iter().any(|weight| *weight > 0.0)
        && (0.0..=1.0).contains(&recipe.strength)
        && STROKES.contains(&recipe.stroke);
    match model.painter.paint(&photo, &recipe, &mut |_| {}) {
        Ok(painting) => {
            assert!(sound, "{recipe:?} is painted");
            assert_eq!((painting.width(), painting.height()), (8, 8));
        }
        Err(error) => {
            assert_eq!(error.code(), "bad-recipe", "{error}");
            // Sums that are no float any more are refused as well.
            let sum: f32 = recipe.weights.iter().sum();
            assert!(!sound || !sum.is_normal(), "{recipe:?}: {error}");
        }
    }
}

/// The painting call: any size, any strip, any moments, any recipe.
pub fn painting(bytes: &[u8]) {
    let mut bytes = Bytes(bytes);
    let model = &MODELS[usize::from(bytes.byte()) % MODELS.len()];
    let (width, height) = (u32::from(bytes.short()), u32::from(bytes.short()));
    let claimed = bytes.byte();
    // Mostly as many pixels as there should be; sometimes as many as the bytes happen to give.
    let length =
        if claimed < 240 { width as usize * height as usize * 4 } else { bytes.short().into() };
    if length > 1 << 12 {
        // Large ones take long, and do nothing that small ones do not; sizes that are refused do.
        assert!(Picture::from_rgba(width, height, vec![0; 16]).is_err() || width * height == 4);
        return;
    }
    let (first, step) = (bytes.byte(), bytes.byte());
    let rgba = (0..length).map(|i| first.wrapping_add(step.wrapping_mul((i ^ (i >> 7)) as u8)));
    let Ok(photo) = Picture::from_rgba(width, height, rgba.collect()) else {
        return assert!(length as u64 != u64::from(width) * u64::from(height) * 4);
    };
    let (to_width, to_height) = (bytes.short(), bytes.short());
    if u32::from(to_width) * u32::from(to_height) < 1 << 12
        && let Ok(resized) = photo.resize(to_width.into(), to_height.into())
    {
        assert_eq!(resized.rgba().len(), usize::from(to_width) * usize::from(to_height) * 4);
    }
    let rows = usize::from(bytes.short())..usize::from(bytes.short());
    let plain = bytes.byte() & 1 == 0;
    let recipe = match plain {
        true => Recipe::single(0, model.network.styles()),
        false => recipe_from(&mut bytes),
    };
    if let Ok(painting) = model.painter.paint(&photo, &recipe, &mut |_| {}) {
        assert_eq!((painting.width(), painting.height()), (width, height));
        let alphas = |picture: &Picture| {
            picture.rgba().iter().skip(3).step_by(4).copied().collect::<Vec<_>>()
        };
        assert_eq!(alphas(&painting), alphas(&photo));
    } else {
        let small = width.min(height) < 8;
        assert!(small || !plain, "{width}x{height} is not painted");
    }
    strip(model, &photo, rows, &recipe, &mut bytes);
}

/// A strip, with anything in place of what it and its neighbours tell.
fn strip(
    model: &Model,
    photo: &Picture,
    rows: std::ops::Range<usize>,
    recipe: &Recipe,
    bytes: &mut Bytes,
) {
    let pitch = photo.width() as usize * 4;
    let Ok(style) = recipe.mix(model.painter.styles()) else { return };
    let brush = Brush::new(&model.network, &style, recipe).unwrap();
    let Ok(mut painting) = StripPainting::new(brush, photo, rows.clone()) else { return };
    while let Ok(Some(stage)) = painting.advance(&mut |_| {}) {
        let mut any_row = || (0..bytes.byte()).map(|_| bytes.float()).collect::<Vec<_>>();
        let (above, below) = (any_row(), any_row());
        let told = |top: usize, edge: &[f32]| Stage {
            top,
            moments: Moments::empty(stage.moments.mean.len()),
            edges: [edge.to_vec(), edge.to_vec()],
        };
        let top = stage.top;
        let _ = painting.exchange(&[told(0, &above), stage.clone(), told(top + 4, &below)]);
        // Of another strip they would be as long.
        let [upper, lower] = &stage.edges;
        let _ = painting.exchange(&[told(0, lower), stage.clone(), told(top + 4, upper)]);
        let moments = stage.moments.clone();
        let replaced = match bytes.byte() {
            0..64 => continue,
            64..128 => Moments { count: bytes.float().into(), ..moments },
            128..192 => {
                let mut any =
                    |values: &[f64]| values.iter().map(|_| bytes.float().into()).collect();
                Moments { mean: any(&moments.mean), m2: any(&moments.m2), ..moments }
            }
            length => {
                Moments { count: 1.0, mean: vec![0.5; length.into()], m2: vec![0.5; length.into()] }
            }
        };
        let fits = replaced.mean.len();
        if painting.exchange(&[Stage { moments: replaced, ..stage }]).is_err() {
            assert!(fits >= 192);
        }
    }
    let mut rgba = photo.rgba()[rows.start * pitch..rows.end * pitch].to_vec();
    painting.finish(&mut rgba).unwrap();
}

fn recipe_from(bytes: &mut Bytes) -> Recipe {
    let [strength, stroke] = [bytes.float(), bytes.float()];
    let weights = (0..bytes.byte() % 5).map(|_| bytes.float()).collect();
    let mut recipe = Recipe::single(0, 1);
    (recipe.weights, recipe.strength, recipe.stroke) = (weights, strength, stroke);
    recipe
}

/// Numbers, taken one after the other from bytes; zeros when there are no more.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let mut taken = [0; N];
        let have = self.0.len().min(N);
        taken[..have].copy_from_slice(&self.0[..have]);
        self.0 = &self.0[have..];
        taken
    }

    fn byte(&mut self) -> u8 {
        self.take::<1>()[0]
    }

    fn short(&mut self) -> u16 {
        u16::from_le_bytes(self.take())
    }

    /// Any float at all: NaN, infinities and subnormals among them.
    fn float(&mut self) -> f32 {
        f32::from_le_bytes(self.take())
    }
}
