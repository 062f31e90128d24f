//! How the shapes in a network follow from the size of the picture. tract works with formulas of
//! its height and width. Where a network confuses its axes they grow until it takes seconds to read
//! it, or minutes. So the shapes are worked out for a few pictures first, in plain numbers, and
//! each side has to grow in step with the picture.

use tract_onnx::tract_hir::internal::*;

/// The height and width of the smallest of these pictures, in strides.
const SMALLEST: [usize; 2] = [67, 103];

/// How much larger the last one is, where the second is larger by one. What grows by steps of any
/// length, or faster than the picture, does not grow this much more.
const FARTHER: i64 = 64;

/// Checks how the shapes in `model` grow. `pictures` are those of its inputs; `image` makes the fact of a picture of so many strides.
pub(super) fn check(
    model: &InferenceModel,
    pictures: &[usize],
    image: impl Fn([usize; 2]) -> InferenceFact,
) -> TractResult<()> {
    let shapes =
        |larger: i64| shapes(model, pictures, image(SMALLEST.map(|side| side + larger as usize)));
    let (small, larger, largest) = (shapes(0)?, shapes(1)?, shapes(FARTHER)?);
    for ((small, larger), largest) in small.iter().zip(&larger).zip(&largest) {
        let grows = |from: &[i64], to: &[i64], times: i64| -> Vec<Option<i64>> {
            from.iter()
                .zip(to)
                .map(|(from, to)| to.checked_sub(*from)?.checked_mul(times))
                .collect()
        };
        ensure!(
            grows(small, larger, FARTHER) == grows(small, largest, 1),
            "its maps do not grow with the picture"
        );
    }
    Ok(())
}

/// The shape of what each node makes, as far as it is known.
fn shapes(
    model: &InferenceModel,
    pictures: &[usize],
    image: InferenceFact,
) -> TractResult<Vec<Vec<i64>>> {
    let mut model = model.clone();
    for &picture in pictures {
        model.set_input_fact(picture, image.clone())?;
    }
    let mut shapes = vec![];
    // tract's own analysis looks at what comes of it at the end only.
    for id in model.eval_order()? {
        let node = model.node(id);
        let facts = |outlets: &[OutletId]| -> TractResult<TVec<InferenceFact>> {
            outlets.iter().map(|outlet| model.outlet_fact(*outlet).cloned()).collect()
        };
        let inputs = facts(&node.inputs)?;
        let observed = facts(&node.op.observe_outlets(&model, node)?)?;
        let outputs: TVec<_> = node.outputs.iter().map(|outlet| outlet.fact.clone()).collect();
        let [inputs, outputs, observed] =
            [&inputs, &outputs, &observed].map(|facts| facts.iter().collect());
        let (_, outputs, _) = model.node_mut(id).op.infer(inputs, outputs, observed)?;
        for (slot, fact) in outputs.into_iter().enumerate() {
            let shape = fact.shape.concretize().unwrap_or_default();
            // Numbers that do not go together become a formula, too.
            let plain = shape.iter().map(|side| side.to_i64().ok()).collect::<Option<_>>();
            shapes.push(plain.context("its maps do not fit together")?);
            model.set_outlet_fact(OutletId::new(id, slot), fact)?;
        }
    }
    Ok(shapes)
}
