//! Paints one picture: see `USAGE`. Without `--model`, with the networks and styles in `models/`.

use std::path::Path;
use std::process::ExitCode;

use brushwork::{Painter, Picture, Recipe, StyleModel};

const MODELS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/models");

const USAGE: &str = "usage: paint [--model M.onnx] --weights 0,1,0 [--strength 0.8] [--stroke 2] \
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
    let (mut strength, mut stroke, mut keep_colours) = (1.0, 2.0, false);
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
    let (Some(weights), [input, output]) = (weights, &files[..]) else {
        return Err(USAGE.into());
    };
    let painter = match model {
        Some(model) => Painter::from(StyleModel::read(&std::fs::read(model)?)?),
        None => {
            let [draft, revision, styles] = ["draft.onnx", "revise.onnx", "styles.bin"]
                .map(|file| std::fs::read(Path::new(MODELS).join(file)));
            Painter::read(&draft?, &revision?, &styles?)?
        }
    };
    let weights = weights.split(',').map(str::parse).collect::<Result<_, _>>()?;
    let photo = Picture::decode(&std::fs::read(input)?)?;
    let recipe = Recipe { weights, strength, stroke, keep_colours };
    let painting = painter.paint(&photo, &recipe, &mut |_| {})?;
    std::fs::write(output, painting.encode_png()?)?;
    Ok(())
}
