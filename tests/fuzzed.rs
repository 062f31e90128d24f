//! What the fuzzers found, and the corpora that they grew: see `fuzz/README.md`.

mod hostile;
mod networks;

use std::path::Path;

/// Runs `target` on every file of `fuzz/corpus/<name>` and `fuzz/found/<name>`.
fn replay(name: &str, target: fn(&[u8])) {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let mut count = 0;
    for folder in ["corpus", "found"] {
        let Ok(files) = fuzz.join(folder).join(name).read_dir() else { continue };
        for file in files {
            let path = file.unwrap().path();
            println!("{}", path.display());
            target(&std::fs::read(path).unwrap());
            count += 1;
        }
    }
    assert!(count > 0, "no files of {name}");
}

#[test]
fn models() {
    replay("model", hostile::model);
}

#[test]
fn pictures() {
    replay("picture", hostile::picture);
}

#[test]
fn recipes() {
    replay("recipe", hostile::recipe);
}

#[test]
fn paintings() {
    replay("painting", hostile::painting);
}
