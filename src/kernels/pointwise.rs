//! Arithmetic done value by value on planes, a row at a time.

/// What is done to each value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Step {
    Add(Operand),
    Multiply(Operand),
    /// The larger of the value and this.
    AtLeast(f32),
    /// The smaller of the value and this.
    AtMost(f32),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Operand {
    Scalar(f32),
    /// A number for each channel.
    Channels(usize),
    /// Planes of the same size, with steps of their own.
    Planes(usize, Vec<Step>),
}

/// The tensors that operands stand for, by their index: `[C]` or `[C, height, width]`.
pub(crate) struct Operands<'a> {
    pub(crate) values: Vec<&'a [f32]>,
    pub(crate) height: usize,
    pub(crate) width: usize,
}

impl Operands<'_> {
    /// Does the steps to `row`, which is row `y` of the plane `channel`.
    pub(crate) fn apply(&self, steps: &[Step], channel: usize, y: usize, row: &mut [f32]) {
        for step in steps {
            match step {
                Step::Add(operand) => self.combine(operand, channel, y, row, |a, b| a + b),
                Step::Multiply(operand) => self.combine(operand, channel, y, row, |a, b| a * b),
                // Not `max` and `min`: to be right for NaN, they are calls in WebAssembly.
                Step::AtLeast(least) => {
                    row.iter_mut().filter(|value| **value < *least).for_each(|v| *v = *least);
                }
                Step::AtMost(most) => {
                    row.iter_mut().filter(|value| **value > *most).for_each(|v| *v = *most);
                }
            }
        }
    }

    #[inline(always)]
    fn combine(
        &self,
        operand: &Operand,
        channel: usize,
        y: usize,
        row: &mut [f32],
        combine: impl Fn(f32, f32) -> f32,
    ) {
        let number = match operand {
            Operand::Scalar(number) => *number,
            Operand::Channels(index) => self.values[*index][channel],
            Operand::Planes(index, steps) => {
                let start = (channel * self.height + y) * self.width;
                let other = &self.values[*index][start..start + self.width];
                if steps.is_empty() {
                    row.iter_mut().zip(other).for_each(|(a, b)| *a = combine(*a, *b));
                } else {
                    let mut other = other.to_vec();
                    self.apply(steps, channel, y, &mut other);
                    row.iter_mut().zip(other).for_each(|(a, b)| *a = combine(*a, b));
                }
                return;
            }
        };
        row.iter_mut().for_each(|value| *value = combine(*value, number));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::testing::noise;

    #[test]
    fn steps_are_done_in_their_order() {
        let (height, width) = (3, 5);
        let (numbers, planes) = (noise(2, 1), noise(2 * height * width, 2));
        let operands = Operands { values: vec![&numbers, &planes], height, width };
        let nested = vec![Step::Add(Operand::Scalar(-0.5)), Step::Multiply(Operand::Channels(0))];
        let steps = [
            Step::Multiply(Operand::Scalar(2.0)),
            Step::Add(Operand::Planes(1, nested)),
            Step::Multiply(Operand::Planes(1, vec![])),
            Step::AtLeast(-0.2),
            Step::AtMost(0.3),
        ];
        let values = noise(2 * height * width, 3);
        for (index, plain) in values.chunks(width).enumerate() {
            let (channel, y) = (index / height, index % height);
            let mut row = plain.to_vec();
            operands.apply(&steps, channel, y, &mut row);
            for x in 0..width {
                let other = planes[index * width + x];
                let want = (plain[x] * 2.0 + (other - 0.5) * numbers[channel]) * other;
                assert_eq!(row[x], want.clamp(-0.2, 0.3));
            }
        }
    }
}
