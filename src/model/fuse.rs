//! Rewriting a network of planes into one of feature maps.
//!
//! Padding, enlarging, instance norms and ReLUs do not become operators of their own: they are
//! remembered as something still to be done to a map ([`Lazy`]), and the convolution that reads it
//! next does it on the way. So is arithmetic on planes ([`Pending`]), until somebody wants them.
//! What is not understood stays tract's own operator.

use tract_onnx::tract_core::ops::array::{Pad, PadMode};
use tract_onnx::tract_core::ops::binary::TypedBinOp;
use tract_onnx::tract_core::ops::einsum::EinSum;
use tract_onnx::tract_core::ops::math;
use tract_onnx::tract_hir::internal::*;

use crate::kernels::conv::Direct;
use crate::kernels::depthwise::Depthwise;
use crate::kernels::layout::Block;
use crate::kernels::map::{Border, Margins, lanes};
use crate::kernels::pointwise::{Operand, Step};
use crate::kernels::winograd::Winograd;
use crate::ops::{
    AddMaps, Affine, Blocks, Convolution, Direction, Enlarge, Halo, InstanceNorm, Kernel,
    MapConvolution, MapInput, MixRows, Pointwise, ToMap, ToPlanes,
};

/// Input channels from which on Winograd's transforms cost less than they save where the stride is 2.
const WORTH_TRANSFORMING: usize = 16;

/// A rewritten copy of `source`, with the same inputs and outputs.
pub(super) fn fuse(source: &TypedModel) -> TractResult<TypedModel> {
    let target = TypedModel { symbols: source.symbols.clone(), ..TypedModel::default() };
    let mut fuser = Fuser { source, target, values: HashMap::new(), constants: HashMap::new() };
    for input in source.input_outlets()? {
        let fact = source.outlet_fact(*input)?.clone();
        let outlet = fuser.target.add_source(&source.node(input.node).name, fact)?;
        fuser.values.insert(*input, Value::Planes(outlet));
    }
    for id in source.eval_order()? {
        let node = source.node(id);
        let is_constant = source.outlet_fact(id.into())?.konst.is_some();
        if !is_constant && !source.input_outlets()?.contains(&id.into()) {
            fuser.translate(node)?;
        }
    }
    let outputs = source.output_outlets()?.iter().map(|outlet| fuser.planes(*outlet));
    let outputs = outputs.collect::<TractResult<Vec<_>>>()?;
    fuser.target.select_output_outlets(&outputs)?;
    Ok(fuser.target)
}

struct Fuser<'a> {
    source: &'a TypedModel,
    target: TypedModel,
    /// What has become of the outlets of the source.
    values: HashMap<OutletId, Value>,
    /// Its constants that the target has already.
    constants: HashMap<OutletId, OutletId>,
}

#[derive(Clone)]
enum Value {
    /// A tensor as it was in the source.
    Planes(OutletId),
    Pending(Pending),
    Map(Lazy),
}

/// Planes `[1, C, H, W]` with arithmetic still to be done to their values.
#[derive(Clone)]
struct Pending {
    base: Base,
    steps: Vec<Step>,
    operands: TVec<OutletId>,
}

#[derive(Clone)]
enum Base {
    Planes(OutletId),
    /// A map, its blocks to be taken apart.
    Map(Lazy, Block),
}

/// A feature map with what is still to be done to it, in this order: norm, ReLU, enlarging,
/// padding.
#[derive(Clone)]
struct Lazy {
    values: OutletId,
    moments: Option<OutletId>,
    channels: usize,
    norm: Option<Norm>,
    /// `[2, lanes]` scales and offsets in place of a norm.
    affine: Option<OutletId>,
    relu: bool,
    enlarge: usize,
    margins: Margins,
    border: Border,
}

/// An instance norm, or only a gain and a shift for each channel.
#[derive(Clone)]
struct Norm {
    /// `None` where nothing is normed.
    epsilon: Option<f32>,
    /// `[C]`, or `[1, C, 1, 1]`; `None` for ones.
    gain: Option<OutletId>,
    /// Likewise; `None` for zeros.
    shift: Option<OutletId>,
}

impl Lazy {
    fn new(values: OutletId, moments: Option<OutletId>, channels: usize) -> Lazy {
        let (margins, border) = (Margins::default(), Border::Zero);
        Lazy {
            values,
            moments,
            channels,
            norm: None,
            affine: None,
            relu: false,
            enlarge: 1,
            margins,
            border,
        }
    }

    fn is_padded(&self) -> bool {
        self.margins != Margins::default()
    }
}

impl Fuser<'_> {
    fn translate(&mut self, node: &TypedNode) -> TractResult<()> {
        let value = if let Some(op) = node.op_as::<Convolution>() {
            self.convolution(node, op)?
        } else if let Some(op) = node.op_as::<InstanceNorm>() {
            self.instance_norm(node, op)?
        } else if let Some(op) = node.op_as::<Pad>() {
            self.pad(node, op)?
        } else if let Some(op) = node.op_as::<Enlarge>() {
            self.enlarge(node, op)?
        } else if let Some(op) = node.op_as::<Blocks>() {
            self.blocks(node, op)?
        } else if let Some(op) = node.op_as::<EinSum>() {
            self.mix_rows(node, op)?
        } else if let Some(op) = node.op_as::<TypedBinOp>() {
            let name = op.0.name();
            let of_a_map = match name {
                "Max" => self.relu(node)?,
                "Mul" => self.multiply(node)?,
                "Add" => self.add(node)?,
                _ => None,
            };
            match of_a_map {
                None => self.arithmetic(node, name)?,
                value => value,
            }
        } else {
            None
        };
        match value {
            Some(value) => {
                self.values.insert(node.id.into(), value);
            }
            None => {
                let inputs = node.inputs.iter().map(|input| self.planes(*input));
                let inputs = inputs.collect::<TractResult<TVec<_>>>()?;
                let outlets = self.target.wire_node(&node.name, node.op.clone(), &inputs)?;
                for (slot, outlet) in outlets.into_iter().enumerate() {
                    self.values.insert(OutletId::new(node.id, slot), Value::Planes(outlet));
                }
            }
        }
        Ok(())
    }

    // ------------------------------------------------------------------------- what is matched

    fn convolution(&mut self, node: &TypedNode, op: &Convolution) -> TractResult<Option<Value>> {
        let weights = self.constant(node.inputs[1])?;
        let bias = node.inputs.get(2).map(|bias| self.constant(*bias)).transpose()?;
        let (Some(weights), Some(bias)) = (weights, bias.map_or(Some(None), |bias| bias.map(Some)))
        else {
            return Ok(None);
        };
        let [channels, depth, size, _] = *weights.shape() else { return Ok(None) };
        let depthwise = op.groups == channels && depth == 1 && op.groups > 1;
        let fits = op.size[0] == op.size[1]
            && op.strides[0] == op.strides[1]
            && op.dilations == [1, 1]
            && (op.groups == 1 || depthwise);
        if !fits {
            return Ok(None);
        }
        let Some(mut map) = self.map(node.inputs[0])? else { return Ok(None) };
        let [top, left, bottom, right] = op.pads;
        if op.pads != [0; 4] {
            if map.is_padded() {
                return Ok(None);
            }
            map.margins = Margins { top, left, bottom, right };
            map.border = Border::Zero;
        }

        let stride = op.strides[0];
        let weights = weights.to_plain_array_view::<f32>()?;
        let weight = |o: usize, i: usize, y: usize, x: usize| {
            weights.get([o, i, y, x]).copied().unwrap_or(0.0)
        };
        let widths = (lanes(map.channels), lanes(channels));
        let bias = match bias {
            None => None,
            Some(bias) => {
                let mut bias =
                    bias.to_plain_array_view::<f32>()?.iter().copied().collect::<Vec<_>>();
                bias.resize(widths.1, 0.0);
                Some(bias)
            }
        };
        let kernel = if depthwise {
            let weight = |channel, y, x| weight(channel, 0, y, x);
            Kernel::Depthwise(Depthwise::new((size, stride), widths.0, weight, bias))
        } else if Winograd::suits(size, stride) && (stride == 1 || widths.0 >= WORTH_TRANSFORMING) {
            Kernel::Winograd(Winograd::new((size, stride), widths, weight, bias))
        } else {
            Kernel::Direct(Direct::new((size, stride), widths, weight, bias))
        };

        let is_normed = |inlet: &InletId| self.source.node(inlet.node).op_is::<InstanceNorm>();
        let moments = node.outputs[0].successors.iter().any(is_normed);
        let margins = map.margins;
        let (input, inputs) = self.input(&node.name, &map)?;
        let kernel = Arc::new(kernel);
        let op = MapConvolution {
            input,
            margins,
            size,
            stride,
            depth,
            channels,
            kernel,
            moments,
            halo: Halo::default(),
        };
        let outlets = self.target.wire_node(&node.name, op, &inputs)?;
        Ok(Some(Value::Map(Lazy::new(outlets[0], outlets.get(1).copied(), channels))))
    }

    fn instance_norm(&mut self, node: &TypedNode, op: &InstanceNorm) -> TractResult<Option<Value>> {
        let Some(Value::Map(map)) = self.values.get(&node.inputs[0]).cloned() else {
            return Ok(None);
        };
        if map.norm.is_some() || map.relu || map.enlarge > 1 || map.is_padded() {
            return Ok(None);
        }
        if map.moments.is_none() {
            return Ok(None);
        }
        let gain = self.unless_uniform(node.inputs[1], 1.0)?;
        let shift = self.unless_uniform(node.inputs[2], 0.0)?;
        let norm = Some(Norm { epsilon: Some(op.epsilon), gain, shift });
        Ok(Some(Value::Map(Lazy { norm, ..map })))
    }

    fn pad(&mut self, node: &TypedNode, op: &Pad) -> TractResult<Option<Value>> {
        let border = match &op.mode {
            PadMode::Reflect => Border::Reflect,
            PadMode::Constant(value) if value.cast_to_scalar::<f32>()? == 0.0 => Border::Zero,
            _ => return Ok(None),
        };
        let [(0, 0), (0, 0), (top, bottom), (left, right)] = op.pads[..] else { return Ok(None) };
        let margins = Margins { top, left, bottom, right };
        match self.map(node.inputs[0])? {
            Some(map) if !map.is_padded() => Ok(Some(Value::Map(Lazy { margins, border, ..map }))),
            _ => Ok(None),
        }
    }

    fn enlarge(&mut self, node: &TypedNode, op: &Enlarge) -> TractResult<Option<Value>> {
        match self.map(node.inputs[0])? {
            Some(map) if !map.is_padded() => {
                Ok(Some(Value::Map(Lazy { enlarge: map.enlarge * op.factor, ..map })))
            }
            _ => Ok(None),
        }
    }

    fn blocks(&mut self, node: &TypedNode, op: &Blocks) -> TractResult<Option<Value>> {
        let input = node.inputs[0];
        match op.direction {
            Direction::ToDepth => Ok(self.blocks_to_map(input, op.block)?.map(Value::Map)),
            Direction::ToSpace => match self.map(input)? {
                Some(map) if !map.is_padded() => Ok(Some(Value::Pending(Pending {
                    base: Base::Map(map, op.block),
                    steps: vec![],
                    operands: tvec![],
                }))),
                _ => Ok(None),
            },
        }
    }

    /// A row of weights times a table.
    fn mix_rows(&mut self, node: &TypedNode, op: &EinSum) -> TractResult<Option<Value>> {
        let &[weights, table] = &node.inputs[..] else { return Ok(None) };
        let (of_weights, of_table) =
            (self.source.outlet_fact(weights)?, self.source.outlet_fact(table)?);
        let is_row = matches!(of_weights.shape.as_concrete(), Some([1, _]));
        let is_table = matches!(of_table.shape.as_concrete(), Some([_, columns]) if *columns > 0);
        let of_floats = [of_weights, of_table].iter().all(|fact| fact.datum_type == DatumType::F32);
        let plain = AxesMapping::for_numpy_matmul(2, false, false, false)?;
        if !(is_row && is_table && of_floats && op.q_params.is_none() && op.axes == plain) {
            return Ok(None);
        }
        let inputs = [self.planes(weights)?, self.planes(table)?];
        let mix = self.target.wire_node(&node.name, MixRows, &inputs)?[0];
        Ok(Some(Value::Planes(mix)))
    }

    /// `max(map, 0)`.
    fn relu(&mut self, node: &TypedNode) -> TractResult<Option<Value>> {
        let Some((Value::Map(map), other)) = self.map_and_other(node) else { return Ok(None) };
        let zero = self.constant(other)?.is_some_and(|value| is_uniform(&value, 0.0));
        if !zero || map.enlarge > 1 || map.is_padded() {
            return Ok(None);
        }
        Ok(Some(Value::Map(Lazy { relu: true, ..map })))
    }

    /// A map times a number for each channel.
    fn multiply(&mut self, node: &TypedNode) -> TractResult<Option<Value>> {
        let Some((map, norm, factor)) = self.normed_and_channels(node)? else { return Ok(None) };
        let name = &node.name;
        let gain = match norm.gain {
            None => factor,
            Some(gain) => self.combine(format!("{name}.gain"), math::mul(), gain, factor)?,
        };
        let shift = match norm.shift {
            None => None,
            Some(shift) => {
                Some(self.combine(format!("{name}.shift"), math::mul(), shift, factor)?)
            }
        };
        let norm = Some(Norm { gain: Some(gain), shift, ..norm });
        Ok(Some(Value::Map(Lazy { norm, ..map })))
    }

    /// A map plus a number for each channel, or the sum of two maps.
    fn add(&mut self, node: &TypedNode) -> TractResult<Option<Value>> {
        if let Some((map, norm, term)) = self.normed_and_channels(node)? {
            let shift = match norm.shift {
                None => term,
                Some(shift) => {
                    self.combine(format!("{}.shift", node.name), math::add(), shift, term)?
                }
            };
            let norm = Some(Norm { shift: Some(shift), ..norm });
            return Ok(Some(Value::Map(Lazy { norm, ..map })));
        }
        let [a, b] = [node.inputs[0], node.inputs[1]];
        let same_shape = self.source.outlet_fact(a)?.shape == self.source.outlet_fact(b)?.shape;
        let (Some(Value::Map(a)), Some(Value::Map(b))) = (self.values.get(&a), self.values.get(&b))
        else {
            return Ok(None);
        };
        let (a, b) = (a.clone(), b.clone());
        if !same_shape || a.is_padded() || b.is_padded() {
            return Ok(None);
        }
        let (first, mut inputs) = self.input(&format!("{}.first", node.name), &a)?;
        let (second, others) = self.input(&format!("{}.second", node.name), &b)?;
        inputs.extend(others);
        let op = AddMaps { first, second, halo: Halo::default() };
        let values = self.target.wire_node(&node.name, op, &inputs)?[0];
        Ok(Some(Value::Map(Lazy::new(values, None, a.channels))))
    }

    /// Planes with a number, a number for each channel, or other planes.
    fn arithmetic(&mut self, node: &TypedNode, name: &str) -> TractResult<Option<Value>> {
        let [a, b] = node.inputs[..] else { return Ok(None) };
        let shape =
            |outlet| -> TractResult<_> { Ok(self.source.outlet_fact(outlet)?.shape.clone()) };
        let output = shape(node.id.into())?;
        let is_whole = |outlet| -> TractResult<bool> {
            Ok(self.picture(outlet)?.is_some() && shape(outlet)? == output)
        };
        let (mut main, mut other) = match (is_whole(a)?, is_whole(b)?) {
            (true, _) => (a, b),
            (false, true) if name != "Sub" && name != "Div" => (b, a),
            _ => return Ok(None),
        };
        if output.is_concrete() {
            return Ok(None);
        }
        // Of two, the one that comes from a map is the one to go on with.
        let from_map = |outlet| match self.values.get(&outlet) {
            Some(Value::Map(_)) => true,
            Some(Value::Pending(pending)) => matches!(pending.base, Base::Map(..)),
            _ => false,
        };
        let commutes = name == "Add" || name == "Mul";
        if commutes && is_whole(other)? && from_map(other) && !from_map(main) {
            std::mem::swap(&mut main, &mut other);
        }
        let number = self.constant(other)?.as_deref().and_then(uniform);
        let channels = shape(other)?[..] == [1.to_dim(), output[1].clone(), 1.to_dim(), 1.to_dim()];
        let whole = is_whole(other)?;

        let step = match (name, number) {
            ("Add", Some(number)) => Some(Step::Add(Operand::Scalar(number))),
            ("Sub", Some(number)) => Some(Step::Add(Operand::Scalar(-number))),
            ("Mul", Some(number)) => Some(Step::Multiply(Operand::Scalar(number))),
            ("Div", Some(number)) => Some(Step::Multiply(Operand::Scalar(1.0 / number))),
            ("Max", Some(number)) => Some(Step::AtLeast(number)),
            ("Min", Some(number)) => Some(Step::AtMost(number)),
            _ => None,
        };
        if step.is_none() && !(commutes && (channels || whole)) {
            return Ok(None);
        }
        let Some(mut pending) = self.pending(main)? else { return Ok(None) };
        let step = match step {
            Some(step) => step,
            None => {
                let operand = if channels {
                    pending.operands.push(self.planes(other)?);
                    Operand::Channels(pending.operands.len() - 1)
                } else {
                    self.planes_operand(other, &mut pending.operands)?
                };
                if name == "Add" { Step::Add(operand) } else { Step::Multiply(operand) }
            }
        };
        pending.steps.push(step);
        Ok(Some(Value::Pending(pending)))
    }

    // ------------------------------------------------------------------------------- the parts

    /// The inputs of a node with two, the map first, and the other as it is in the source.
    fn map_and_other(&self, node: &TypedNode) -> Option<(Value, OutletId)> {
        let [a, b] = node.inputs[..] else { return None };
        let is_map = |outlet| matches!(self.values.get(&outlet), Some(Value::Map(_)));
        match (is_map(a), is_map(b)) {
            (true, false) => Some((self.values[&a].clone(), b)),
            (false, true) => Some((self.values[&b].clone(), a)),
            _ => None,
        }
    }

    /// A map that is as it was made, or whose last step was a norm, and a tensor of the target with a
    /// number for each of its channels.
    fn normed_and_channels(
        &mut self,
        node: &TypedNode,
    ) -> TractResult<Option<(Lazy, Norm, OutletId)>> {
        let Some((Value::Map(map), other)) = self.map_and_other(node) else { return Ok(None) };
        let shape = self.source.outlet_fact(other)?.shape.to_tvec();
        let [one, channels, rest @ ..] = &shape[..] else { return Ok(None) };
        let fits = one.is_one()
            && *channels == map.channels.to_dim()
            && rest.len() == 2
            && rest.iter().all(|length| length.is_one());
        let done = map.relu || map.enlarge > 1 || map.is_padded() || map.affine.is_some();
        if !fits || done {
            return Ok(None);
        }
        let as_made = Norm { epsilon: None, gain: None, shift: None };
        let norm = map.norm.clone().unwrap_or(as_made);
        Ok(Some((map, norm, self.planes(other)?)))
    }

    /// Two tensors of one number for each channel, combined by tract's operator: the vectors of an
    /// instance norm, or `[1, C, 1, 1]`.
    fn combine(
        &mut self,
        name: String,
        op: TypedBinOp,
        a: OutletId,
        b: OutletId,
    ) -> TractResult<OutletId> {
        let mut inputs = tvec!();
        for (outlet, side) in [(a, "a"), (b, "b")] {
            let shape = self.target.outlet_fact(outlet)?.shape.to_tvec();
            inputs.push(match &shape[..] {
                [channels] => {
                    let to = tvec!(1.to_dim(), channels.clone(), 1.to_dim(), 1.to_dim());
                    let reshape = AxisOp::Reshape(0, tvec!(channels.clone()), to);
                    self.target.wire_node(format!("{name}.{side}"), reshape, &[outlet])?[0]
                }
                _ => outlet,
            });
        }
        Ok(self.target.wire_node(name, op, &inputs)?[0])
    }

    /// What an operator needs to read `map`, and its inputs.
    fn input(&mut self, name: &str, map: &Lazy) -> TractResult<(MapInput, TVec<OutletId>)> {
        let mut inputs = tvec!(map.values);
        inputs.extend(map.affine);
        if let Some(norm) = &map.norm {
            let moments = match norm.epsilon {
                Some(_) => Some(map.moments.context("a norm without moments")?),
                None => None,
            };
            let affine_inputs: TVec<_> =
                [moments, norm.gain, norm.shift].into_iter().flatten().collect();
            let (gain, shift) = (norm.gain.is_some(), norm.shift.is_some());
            let op = Affine { epsilon: norm.epsilon, channels: map.channels, gain, shift };
            let name = format!("{name}.affine.{}", self.target.nodes.len());
            inputs.extend(self.target.wire_node(name, op, &affine_inputs)?);
        }
        let normed = map.norm.is_some() || map.affine.is_some();
        let (relu, enlarge, border) = (map.relu, map.enlarge, map.border);
        Ok((MapInput { normed, relu, enlarge, border }, inputs))
    }

    /// An outlet of the source with the arithmetic that can still be added to it, if it is planes.
    fn pending(&mut self, outlet: OutletId) -> TractResult<Option<Pending>> {
        let shared = self.source.outlet_successors(outlet).len() > 1;
        let (steps, operands) = (vec![], tvec![]);
        Ok(match self.values.get(&outlet).cloned() {
            Some(Value::Planes(planes)) => {
                Some(Pending { base: Base::Planes(planes), steps, operands })
            }
            Some(Value::Map(map)) if !shared && !map.is_padded() => {
                Some(Pending { base: Base::Map(map, Block::SINGLE), steps, operands })
            }
            // What several want is done once, unless it is as easily done by each.
            Some(Value::Pending(pending)) if !shared || matches!(pending.base, Base::Planes(_)) => {
                Some(pending)
            }
            Some(_) => {
                let base = Base::Planes(self.planes(outlet)?);
                Some(Pending { base, steps, operands })
            }
            None => None,
        })
    }

    /// Other planes as an operand, with what is pending of them.
    fn planes_operand(
        &mut self,
        outlet: OutletId,
        operands: &mut TVec<OutletId>,
    ) -> TractResult<Operand> {
        if let Some(Value::Pending(Pending { base: Base::Planes(base), steps, operands: others })) =
            self.values.get(&outlet).cloned()
        {
            let first = operands.len();
            operands.push(base);
            operands.extend(others);
            let steps = steps.into_iter().map(|step| shift(step, first + 1)).collect();
            return Ok(Operand::Planes(first, steps));
        }
        operands.push(self.planes(outlet)?);
        Ok(Operand::Planes(operands.len() - 1, vec![]))
    }

    /// An outlet of the source as a map, if it can be one.
    fn map(&mut self, outlet: OutletId) -> TractResult<Option<Lazy>> {
        match self.values.get(&outlet).cloned() {
            Some(Value::Map(map)) => Ok(Some(map)),
            _ => self.blocks_to_map(outlet, Block::SINGLE),
        }
    }

    /// Planes as a map of their blocks. A scale and an offset that are pending become the map's.
    fn blocks_to_map(&mut self, outlet: OutletId, block: Block) -> TractResult<Option<Lazy>> {
        let Some(channels) = self.picture(outlet)? else { return Ok(None) };
        let channels = channels * block.side * block.side;
        let (planes, affine) = match self.values.get(&outlet) {
            Some(Value::Pending(Pending { base: Base::Planes(base), steps, .. })) => {
                match scale_and_offset(steps) {
                    Some(affine) => (*base, Some(affine)),
                    None => (self.planes(outlet)?, None),
                }
            }
            _ => (self.planes(outlet)?, None),
        };
        let name =
            format!("{}.map.{}", self.source.node(outlet.node).name, self.target.nodes.len());
        let values = self.target.wire_node(&name, ToMap { block }, &[planes])?[0];
        let mut map = Lazy::new(values, None, channels);
        if let Some((scale, offset)) = affine {
            let lanes = lanes(channels);
            let mut affine = Tensor::zero::<f32>(&[2, lanes])?;
            let mut rows = affine.to_plain_array_view_mut::<f32>()?;
            for lane in 0..channels {
                rows[[0, lane]] = scale;
                rows[[1, lane]] = offset;
            }
            map.affine = Some(self.target.add_const(format!("{name}.affine"), affine)?);
        }
        Ok(Some(map))
    }

    /// The number of channels, if an outlet of the source is `[1, C, H, W]` of floats and computed.
    fn picture(&self, outlet: OutletId) -> TractResult<Option<usize>> {
        let fact = self.source.outlet_fact(outlet)?;
        let fits = fact.rank() == 4
            && fact.shape[0].is_one()
            && fact.datum_type == f32::datum_type()
            && fact.konst.is_none();
        Ok(if fits { fact.shape[1].to_usize().ok() } else { None })
    }

    /// An outlet of the source as it was there.
    fn planes(&mut self, outlet: OutletId) -> TractResult<OutletId> {
        if let Some(constant) = self.constants.get(&outlet) {
            return Ok(*constant);
        }
        match self.values.get(&outlet).cloned() {
            Some(Value::Planes(planes)) => Ok(planes),
            Some(Value::Map(map)) => {
                ensure!(!map.is_padded(), "padding that no convolution reads is not supported");
                let base = Base::Map(map, Block::SINGLE);
                self.wire_planes(outlet, Pending { base, steps: vec![], operands: tvec![] })
            }
            Some(Value::Pending(pending)) => {
                let planes = self.wire_planes(outlet, pending)?;
                self.values.insert(outlet, Value::Planes(planes));
                Ok(planes)
            }
            None => {
                let constant = self.source.outlet_fact(outlet)?.konst.clone();
                let name = format!("{}.{}", self.source.node(outlet.node).name, outlet.slot);
                let constant = constant.with_context(|| format!("{name} is not computed"))?;
                let constant = self.target.add_const(name, constant)?;
                self.constants.insert(outlet, constant);
                Ok(constant)
            }
        }
    }

    /// Does what is pending.
    fn wire_planes(&mut self, outlet: OutletId, pending: Pending) -> TractResult<OutletId> {
        let Pending { base, steps, operands } = pending;
        let source_name = &self.source.node(outlet.node).name;
        let name = format!("{source_name}.planes.{}", self.target.nodes.len());
        match base {
            Base::Planes(planes) if steps.is_empty() => Ok(planes),
            Base::Planes(planes) => {
                let mut inputs = tvec!(planes);
                inputs.extend(operands);
                Ok(self.target.wire_node(name, Pointwise { steps }, &inputs)?[0])
            }
            Base::Map(map, block) => {
                let (input, mut inputs) = self.input(&name, &map)?;
                inputs.extend(operands);
                let channels = map.channels / (block.side * block.side);
                let op = ToPlanes { input, channels, block, steps };
                Ok(self.target.wire_node(name, op, &inputs)?[0])
            }
        }
    }

    fn constant(&self, outlet: OutletId) -> TractResult<Option<Arc<Tensor>>> {
        Ok(self.source.outlet_fact(outlet)?.konst.clone())
    }

    /// `None` for a constant that is `value` everywhere.
    fn unless_uniform(&mut self, outlet: OutletId, value: f32) -> TractResult<Option<OutletId>> {
        match self.constant(outlet)? {
            Some(constant) if is_uniform(&constant, value) => Ok(None),
            _ => Ok(Some(self.planes(outlet)?)),
        }
    }
}

/// The value of a tensor that has the same one everywhere.
fn uniform(tensor: &Tensor) -> Option<f32> {
    let values = tensor.to_plain_array_view::<f32>().ok()?;
    let first = *values.first()?;
    values.iter().all(|value| *value == first).then_some(first)
}

fn is_uniform(tensor: &Tensor, value: f32) -> bool {
    uniform(tensor) == Some(value)
}

/// Steps that are no more than `x * scale + offset`.
fn scale_and_offset(steps: &[Step]) -> Option<(f32, f32)> {
    let mut affine = (1.0, 0.0);
    for step in steps {
        match step {
            Step::Add(Operand::Scalar(number)) => affine.1 += number,
            Step::Multiply(Operand::Scalar(number)) => {
                affine = (affine.0 * number, affine.1 * number);
            }
            _ => return None,
        }
    }
    Some(affine)
}

/// A step whose operands come later among the inputs.
fn shift(step: Step, by: usize) -> Step {
    let operand = |operand| match operand {
        Operand::Scalar(number) => Operand::Scalar(number),
        Operand::Channels(index) => Operand::Channels(index + by),
        Operand::Planes(index, steps) => {
            Operand::Planes(index + by, steps.into_iter().map(|step| shift(step, by)).collect())
        }
    };
    match step {
        Step::Add(of) => Step::Add(operand(of)),
        Step::Multiply(of) => Step::Multiply(operand(of)),
        Step::AtLeast(_) | Step::AtMost(_) => step,
    }
}
