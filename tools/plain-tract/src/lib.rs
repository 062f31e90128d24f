//! tract by itself in a browser: what `./build.sh bench` measures the fused operators against.

#![cfg(target_arch = "wasm32")]

use tract_onnx::prelude::*;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(start)]
fn start() {
    console_error_panic_hook::set_once();
}

/// A network as tract optimises it, for pictures of one size.
#[wasm_bindgen]
pub struct Network {
    plan: Arc<TypedRunnableModel>,
    shape: [usize; 4],
}

#[wasm_bindgen]
impl Network {
    /// Reads an ONNX file whose first input is a picture.
    #[wasm_bindgen(constructor)]
    pub fn new(model: &[u8], height: usize, width: usize) -> Result<Network, JsError> {
        let shape = [1, 3, height, width];
        let read = || {
            let mut model = tract_onnx::onnx().model_for_read(&mut { model })?;
            model.set_input_fact(0, f32::fact(shape).into())?;
            // Sizes that are free are those of the input.
            let outputs = model.output_outlets()?.len();
            for output in 0..outputs {
                model.set_output_fact(output, Default::default())?;
            }
            model.into_optimized()?.into_runnable()
        };
        let plan = read().map_err(|error: TractError| JsError::new(&format!("{error:#}")))?;
        Ok(Network { plan, shape })
    }

    /// Paints planes `[3, height, width]`; `style` are the weights of the rows, if the network takes
    /// any.
    pub fn paint(&self, image: &[f32], style: &[f32]) -> Result<Vec<f32>, JsError> {
        let run = || {
            let mut inputs = tvec!(Tensor::from_shape(&self.shape, image)?.into_tvalue());
            if !style.is_empty() {
                inputs.push(tensor1(style).into_tvalue());
            }
            let painting = self.plan.run(inputs)?.remove(0);
            let values = painting.to_plain_array_view::<f32>()?;
            Ok(values.iter().copied().collect())
        };
        run().map_err(|error: TractError| JsError::new(&format!("{error:#}")))
    }
}
