//! A known-answer test of the kernels, for browsers whose vector instructions are broken.

use std::hint::black_box;

use super::conv::{Direct, Target};
use super::map::{Border, Margins, Source};
use super::winograd::Winograd;

const SIDE: usize = 8;
const LANES: usize = 8;

/// Whether the fast convolutions come to the sum that their definition gives. Values and weights
/// are small whole numbers, so that the direct kernel has no excuse for any error, and Winograd's
/// transforms one of a thousandth.
pub(crate) fn self_test() -> bool {
    // Hidden from the compiler, or it would know the answer too.
    let values: Vec<f32> = (0..SIDE * SIDE * LANES).map(black_box).map(value).collect();
    let margins = Margins { top: 1, left: 1, bottom: 1, right: 1 };
    let run = |kernel: &dyn Fn(Source, Margins, &mut Target)| {
        let source = Source {
            values: &values,
            height: SIDE,
            width: SIDE,
            lanes: LANES,
            affine: None,
            relu: false,
            enlarge: 1,
            border: Border::Zero,
        };
        let mut painted = vec![0.0; SIDE * SIDE * LANES];
        let mut target = Target {
            values: &mut painted,
            width: SIDE,
            lanes: LANES,
            rows: 0..SIDE,
            moments: None,
        };
        kernel(source, margins, &mut target);
        painted
    };
    let direct = Direct::new((3, 1), (LANES, LANES), weight, None);
    let winograd = Winograd::new((3, 1), (LANES, LANES), weight, None);
    let direct = run(&|source, margins, target| direct.run(source, margins, target));
    let winograd = run(&|source, margins, target| winograd.run(source, margins, target));
    let answers = (0..SIDE * SIDE * LANES).map(answer);
    direct.into_iter().zip(winograd).zip(answers).all(|((direct, winograd), answer)| {
        direct == answer as f32 && (winograd - answer as f32).abs() < 1e-3
    })
}

/// From -3 to 3.
fn value(index: usize) -> f32 {
    whole_value(index) as f32
}

fn whole_value(index: usize) -> i32 {
    (index * 5 + index / 7) as i32 % 7 - 3
}

/// From -2 to 2.
fn weight(output: usize, input: usize, row: usize, column: usize) -> f32 {
    whole_weight(output, input, row, column) as f32
}

fn whole_weight(output: usize, input: usize, row: usize, column: usize) -> i32 {
    (output * 3 + input * 7 + row * 2 + column * 11) as i32 % 5 - 2
}

/// The sum by the definition, in whole numbers, one after another.
fn answer(index: usize) -> i32 {
    let (y, x, output) = (index / LANES / SIDE, index / LANES % SIDE, index % LANES);
    let mut sum = 0;
    for row in 0..3 {
        for column in 0..3 {
            let (y, x) = (y + row, x + column);
            if (1..=SIDE).contains(&y) && (1..=SIDE).contains(&x) {
                for input in 0..LANES {
                    let value = whole_value(((y - 1) * SIDE + x - 1) * LANES + input);
                    sum += black_box(value) * whole_weight(output, input, row, column);
                }
            }
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_kernels_know_the_answer() {
        assert!(super::self_test());
    }
}
