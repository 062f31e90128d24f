//! Writes Johnson's network (32, 64, 128 channels, 5 residual blocks) with made-up weights as
//! ONNX, for the benchmark: `johnson OUT.onnx`.

#[path = "../tests/networks/mod.rs"]
mod networks;

use networks::{Enlarging, Form, johnson};

fn main() -> std::io::Result<()> {
    let Some(output) = std::env::args_os().nth(1) else {
        eprintln!("usage: johnson OUT.onnx");
        std::process::exit(2);
    };
    let form = Form { opset: 13, mirrored: true, enlarging: Enlarging::Resize };
    std::fs::write(output, johnson([32, 64, 128], 5, form))
}
