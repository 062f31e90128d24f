//! Paints one picture: `paint --model M.onnx --weights 0,1,0 [--strength 0.8] [--stroke 2] [--keep-colours]
//! IN OUT.png`.

use std::process::ExitCode;

use brushwork::{Picture, Recipe, StyleModel, paint};

const USAGE: &str = "usage: paint --model M.onnx --weights 0,1,0 [--strength 0.8] [--stroke 2] \
    [--keep-colours] IN OUT.png";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let (mut model, mut weights, mut files) = (None, None, vec![]);
    let (mut strength, mut stroke, mut keep_colours) = (1.0, 1.0, false);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(USAGE);
        match argument.as_str() {
            "--model" => model = Some(value()?),
            "--weights" => weights = Some(value()?),
            "--strength" => strength = value()?.parse()?,
            "--stroke" => stroke = value()?.parse()?,
            "--keep-colours" => keep_colours = true,
            _ => files.push(argument),
        }
    }
    let (Some(model), Some(weights), [input, output]) = (model, weights, &files[..]) else {
        return Err(USAGE.into());
    };
    let model = StyleModel::read(&std::fs::read(model)?)?;
    let weights = weights.split(',').map(str::parse).collect::<Result<_, _>>()?;
    let photo = Picture::decode(&std::fs::read(input)?)?;
    let recipe = Recipe { weights, strength, stroke, keep_colours };
    let painting = paint(&model, &photo, &recipe, &mut |_| {})?;
    std::fs::write(output, painting.encode_png()?)?;
    Ok(())
}
