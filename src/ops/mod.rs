//! Operators for tract, one file each. Nothing here knows of pictures or browsers.
//!
//! Those that are read from ONNX work on planes, `[1, channels, height, width]`: [`Convolution`],
//! [`InstanceNorm`], [`Enlarge`], [`Blocks`]. They stand in for tract's own, which take a network apart too far
//! to see what it was made of, or want numbers for height and width. The rewriting of a graph
//! (`model::fuse`) turns them into the fast ones, which work on feature maps, `[height, width,
//! lanes]`: [`ToMap`], [`MapConvolution`], [`Affine`], [`AddMaps`], [`ToPlanes`]; [`Pointwise`] joins arithmetic on planes,
//! and [`MixRows`] mixes styles.

mod add_maps;
mod affine;
mod blocks;
mod convolution;
mod enlarge;
mod instance_norm;
mod map_convolution;
mod map_input;
mod mix_rows;
mod pointwise;
mod strip;
mod to_map;
mod to_planes;

use tract_onnx::Onnx;

pub(crate) use add_maps::AddMaps;
pub(crate) use affine::Affine;
pub(crate) use blocks::{Blocks, Direction};
pub(crate) use convolution::Convolution;
pub(crate) use enlarge::Enlarge;
pub(crate) use instance_norm::InstanceNorm;
pub(crate) use map_convolution::{Kernel, MapConvolution, read_moments, write_moments};
pub(crate) use map_input::MapInput;
pub(crate) use mix_rows::MixRows;
pub(crate) use pointwise::Pointwise;
pub(crate) use strip::{Above, Halo, Manner, Strip};
pub(crate) use to_map::ToMap;
pub(crate) use to_planes::ToPlanes;

/// tract's reader of ONNX, with our operators in place of some of its own.
pub(crate) fn onnx() -> Onnx {
    let mut onnx = tract_onnx::onnx();
    onnx.op_register.insert("Conv", convolution::build);
    onnx.op_register.insert("DepthToSpace", blocks::build_depth_to_space);
    onnx.op_register.insert("InstanceNormalization", instance_norm::build);
    onnx.op_register.insert("Resize", enlarge::build_resize);
    onnx.op_register.insert("SpaceToDepth", blocks::build_space_to_depth);
    onnx.op_register.insert("Upsample", enlarge::build_upsample);
    onnx
}
