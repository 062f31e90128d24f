//! Running a model node by node: progress is told on the way, and the moments of its maps can be
//! looked at and replaced before they are used.

use tract_onnx::prelude::*;
use tract_onnx::tract_core::ops::array::{Pad, PadMode};
use tract_onnx::tract_hir::internal::*;

use super::StyleModel;
use crate::kernels::moments::Moments;
use crate::ops::{self, Above, Halo, Manner, MapConvolution, Strip};

/// One run of a model: a cursor over its plan. Values are dropped after their last use.
pub(crate) struct Run {
    state: TypedSimpleState,
    order: Vec<usize>,
    /// For each position of `order`, the nodes whose values no later node reads.
    finished: Vec<Vec<usize>>,
    /// For each position of `order`, the share of the whole work that is done after it.
    progress: Vec<f32>,
    next: usize,
    memory: usize,
    work: Work,
    /// What the strip below will want of this one, where strips are painted in turn.
    below: Above,
}

/// What a painting takes.
#[derive(Default)]
struct Work {
    multiply_adds: f64,
    /// Written to memory.
    values: f64,
}

impl Run {
    /// Begins to run `model` on `image` (`[1, 3, height, width]`, 0 to the model's white, sides that are
    /// multiples of its stride), for a revision also on a draft of the same shape, with the numbers of a
    /// `style`, for the whole of the image or a strip of it.
    pub(crate) fn new(
        model: &StyleModel,
        image: Tensor,
        draft: Option<Tensor>,
        style: &[f32],
        strip: Option<Strip>,
    ) -> TractResult<Run> {
        let plan = &model.plan;
        let pictures = 1 + usize::from(draft.is_some());
        let image_bytes = image.len() * size_of::<f32>() * pictures;
        let order = plan.order_without_consts().to_vec();
        let mut state = plan.spawn()?;
        state.set_input(model.image_input, image.into_tvalue())?;
        if let (Some(draft_input), Some(draft)) = (model.draft_input, draft) {
            state.set_input(draft_input, draft.into_tvalue())?;
        }
        if let Some(style_input) = model.style_input {
            state.set_input(style_input, tensor1(style).into_tvalue())?;
        }
        if let Some(strip) = strip {
            state.turn_state.shared.insert(strip);
        }
        let symbols = &state.turn_state.resolved_symbols;
        check_borders(plan.model(), &order, symbols)?;
        let finished = last_uses(plan.model(), &order);
        let (progress, work) = shares(plan.model(), &order, symbols)?;
        let memory = peak(plan.model(), &order, &finished, symbols)?.saturating_sub(image_bytes);
        Ok(Run { state, order, finished, progress, next: 0, memory, work, below: Above::default() })
    }

    /// Goes on where the run of the strip above has ended.
    pub(crate) fn follow(&mut self, above: Above) {
        self.state.turn_state.shared.insert(above);
    }

    /// For the strip below to go on, once every step has been run.
    pub(crate) fn take_below(&mut self) -> Above {
        std::mem::take(&mut self.below)
    }

    /// The most bytes that the values take at a time, beside the image.
    pub(crate) fn memory(&self) -> usize {
        self.memory
    }

    /// The multiply-adds of the convolutions and products of matrices.
    pub(crate) fn multiply_adds(&self) -> f64 {
        self.work.multiply_adds
    }

    /// How many values are written to memory.
    pub(crate) fn values(&self) -> f64 {
        self.work.values
    }

    /// Runs the next node. Gives the share of the work that is done, or nothing when all is.
    pub(crate) fn step(&mut self) -> TractResult<Option<f32>> {
        let Some(&node) = self.order.get(self.next) else { return Ok(None) };
        let inputs = self.state.prepare_inputs(node)?;
        for &finished in &self.finished[self.next] {
            self.state.turn_state.values[finished] = None;
        }
        self.state.compute_one_with_inputs(node, inputs)?;
        self.keep_below(node)?;
        self.next += 1;
        Ok(Some(self.progress[self.next - 1]))
    }

    fn keep_below(&mut self, id: usize) -> TractResult<()> {
        let Some(strip) = self.strip().filter(|strip| strip.manner == Manner::InTurn) else {
            return Ok(());
        };
        let Some(halo) = self.halo(id).filter(|halo| halo.left > 0) else { return Ok(()) };
        let map = self.map(id)?.to_plain_array_view::<f32>()?;
        let end = strip.end(map.shape()[0], halo);
        let pitch: usize = map.shape()[1..].iter().product();
        let map = map.to_slice().context("the map is not contiguous")?;
        let rows = map[end.saturating_sub(halo.left) * pitch..end * pitch].to_vec();
        self.below.0.insert(id, rows);
        Ok(())
    }

    fn strip(&self) -> Option<&Strip> {
        self.state.turn_state.shared.get::<Strip>()
    }

    fn halo(&self, id: usize) -> Option<Halo> {
        Halo::of(self.state.plan().model().node(id))
    }

    /// The map that a node has made.
    fn map(&self, id: usize) -> TractResult<&TValue> {
        let values = self.state.turn_state.values[id].as_ref();
        values.and_then(|values| values.first()).context("a map that nobody reads")
    }

    /// The rows at the edges of the map whose moments the last step has gathered, for the strips that
    /// are painted abreast: as many at the top, then at the bottom. None in a run for all rows.
    pub(crate) fn edges(&self) -> TractResult<[Vec<f32>; 2]> {
        let (id, strip) = (self.last()?, self.strip());
        let (Some(strip), Some(halo)) = (strip, self.halo(id)) else { return Ok([vec![], vec![]]) };
        let map = self.map(id)?.to_plain_array_view::<f32>()?;
        let (own, count) = (strip.own(map.shape()[0]), halo.exchanged);
        ensure!(own.len() >= count, "a strip of too few rows");
        let pitch: usize = map.shape()[1..].iter().product();
        let map = map.to_slice().context("the map is not contiguous")?;
        let rows = |first: usize| map[first * pitch..(first + count) * pitch].to_vec();
        Ok([rows(own.start), rows(own.end - count)])
    }

    /// Takes the rows that the strips above and below have at the edges to this one; none where there is
    /// no such strip.
    pub(crate) fn set_edges(&mut self, above: &[f32], below: &[f32]) -> TractResult<()> {
        let id = self.last()?;
        let Some(strip) = self.strip() else { return Ok(()) };
        let map = self.map(id)?;
        let pitch: usize = map.shape()[1..].iter().product();
        let own = strip.own(map.shape()[0]);
        let own = own.start * pitch..own.end * pitch;
        let fits = above.len() <= own.start && own.end + below.len() <= map.len();
        ensure!(fits, "edges of another map");
        let values = self.state.turn_state.values[id].as_mut().context("no values")?;
        let mut map = values.remove(0).into_tensor();
        let mut rows = map.to_plain_array_view_mut::<f32>()?;
        let rows = rows.as_slice_mut().context("the map is not contiguous")?;
        rows[own.start - above.len()..own.start].copy_from_slice(above);
        rows[own.end..own.end + below.len()].copy_from_slice(below);
        values.insert(0, map.into_tvalue());
        Ok(())
    }

    /// The node that the last step has run.
    fn last(&self) -> TractResult<usize> {
        let last = self.next.checked_sub(1).and_then(|last| self.order.get(last));
        last.copied().context("no step")
    }

    /// The moments that the last step has gathered, if it is one that does.
    pub(crate) fn moments(&self) -> TractResult<Option<Moments>> {
        match self.moments_slot() {
            Some(slot) => Ok(Some(ops::read_moments(slot)?)),
            None => Ok(None),
        }
    }

    /// Puts others in place of the moments that the last step has gathered.
    pub(crate) fn set_moments(&mut self, moments: &Moments) -> TractResult<()> {
        let node = self.last()?;
        let gathered = self.moments_slot().context("the last step gathered no moments")?;
        ensure!(gathered.shape()[1] == moments.mean.len(), "moments of another map");
        let values = self.state.turn_state.values[node].as_mut().context("no values")?;
        values[1] = ops::write_moments(moments)?;
        Ok(())
    }

    fn moments_slot(&self) -> Option<&TValue> {
        let node = self.last().ok()?;
        self.state.plan().model().node(node).op_as::<MapConvolution>().filter(|op| op.moments)?;
        self.state.turn_state.values[node].as_ref()?.get(1)
    }

    /// The painting, `[1, 3, height, width]`, once every step has been run.
    pub(crate) fn painting(mut self) -> TractResult<TValue> {
        Ok(self.state.outputs()?.remove(0))
    }
}

/// tract's own operator takes for granted that what it mirrors is larger than the border that it
/// makes of it.
fn check_borders(model: &TypedModel, order: &[usize], symbols: &SymbolValues) -> TractResult<()> {
    for &node in order {
        let node = model.node(node);
        let Some(pad) = node.op_as::<Pad>().filter(|pad| pad.mode == PadMode::Reflect) else {
            continue;
        };
        let shape = &model.outlet_fact(node.inputs[0])?.shape;
        for (length, &(before, after)) in shape.iter().zip(&pad.pads) {
            let (length, border) = (length.eval(symbols).to_usize()?, before.max(after));
            ensure!(border < length, "a border of {border} cannot mirror a map of {length}");
        }
    }
    Ok(())
}

fn last_uses(model: &TypedModel, order: &[usize]) -> Vec<Vec<usize>> {
    let outputs: Vec<_> = model.outputs.iter().map(|outlet| outlet.node).collect();
    let mut kept = vec![true; model.nodes.len()];
    for &node in order {
        kept[node] = outputs.contains(&node);
    }
    let mut finished: Vec<_> = order
        .iter()
        .rev()
        .map(|&node| {
            let inputs = model.node(node).inputs.iter().map(|outlet| outlet.node);
            inputs.filter(|&input| !std::mem::replace(&mut kept[input], true)).collect()
        })
        .collect();
    finished.reverse();
    finished
}

/// The work done after each node, in shares of the whole: multiply-adds and values written.
fn shares(
    model: &TypedModel,
    order: &[usize],
    symbols: &SymbolValues,
) -> TractResult<(Vec<f32>, Work)> {
    let mut work = Work::default();
    let mut sums = Vec::with_capacity(order.len());
    for &node in order {
        let node = model.node(node);
        let facts = model.node_input_facts(node.id)?;
        for (cost, amount) in node.op.cost(&facts)? {
            if matches!(cost, Cost::FMA(_)) {
                work.multiply_adds += amount.eval(symbols).to_i64().unwrap_or(0) as f64;
            }
        }
        for output in &node.outputs {
            work.values += volume(&output.fact, symbols)?;
        }
        sums.push(work.multiply_adds + work.values);
    }
    let total = work.multiply_adds + work.values;
    Ok((sums.into_iter().map(|sum| (sum / total) as f32).collect(), work))
}

/// How many values a tensor has. In floats, for a product of lengths may be any number.
fn volume(fact: &TypedFact, symbols: &SymbolValues) -> TractResult<f64> {
    let lengths = fact.shape.iter().map(|length| Ok(length.eval(symbols).to_usize()? as f64));
    lengths.product()
}

/// The most bytes held at a time. What a node reads last is dropped once it has made its own
/// values: an operator holds what it reads.
fn peak(
    model: &TypedModel,
    order: &[usize],
    finished: &[Vec<usize>],
    symbols: &SymbolValues,
) -> TractResult<usize> {
    let bytes = |node: usize| -> TractResult<usize> {
        let outputs = model.node(node).outputs.iter().map(|output| {
            Ok(volume(&output.fact, symbols)? * output.fact.datum_type.size_of() as f64)
        });
        // Too many for a number are more than there are, too.
        Ok(outputs.sum::<TractResult<f64>>()? as usize)
    };
    let (mut held, mut peak) = (0, 0);
    for (&node, finished) in order.iter().zip(finished) {
        held = bytes(node)?.saturating_add(held);
        peak = peak.max(held);
        for &node in finished {
            held = held.saturating_sub(bytes(node)?);
        }
    }
    Ok(peak)
}
