//! Operators for tract, one file each. Nothing here knows of pictures or browsers.

mod space_to_depth;

use tract_onnx::Onnx;

/// tract's reader of ONNX, with our operators in place of its own where those would not do.
pub(crate) fn onnx() -> Onnx {
    let mut onnx = tract_onnx::onnx();
    onnx.op_register.insert("SpaceToDepth", space_to_depth::build);
    onnx
}
