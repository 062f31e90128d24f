use crate::Error;
use crate::model::StyleModel;
use crate::paint::Recipe;
use crate::style::Style;

/// A network with the style that it paints in: what one pass is painted with.
#[derive(Debug, Clone, Copy)]
pub struct Brush<'a> {
    pub(super) model: &'a StyleModel,
    /// The network's part of the style vector.
    pub(super) style: &'a [f32],
    /// How much of the photo to fade in after painting, 0..1.
    pub(super) photo: f32,
    /// Whether to paint only light and dark, in the photo's own colours.
    pub(super) keep_colours: bool,
}

impl<'a> Brush<'a> {
    /// A brush for a model that has styles of its own.
    ///
    /// # Errors
    /// [`Error::BadRecipe`] when the recipe is not one for this model.
    pub fn new(
        model: &'a StyleModel,
        style: &'a Style,
        recipe: &Recipe,
    ) -> Result<Brush<'a>, Error> {
        Ok(Brush::of(model, style, 0)?.keeping_colours(recipe.keep_colours))
    }

    /// A brush for a model whose numbers of the style begin at `from`.
    pub(crate) fn of(
        model: &'a StyleModel,
        style: &'a Style,
        from: usize,
    ) -> Result<Brush<'a>, Error> {
        let numbers = style.vector.get(from..from + model.style_length());
        let numbers =
            numbers.ok_or_else(|| Error::BadRecipe("its style is for other networks".into()))?;
        Ok(Brush { model, style: numbers, photo: style.photo, keep_colours: false })
    }

    /// The same, keeping the photo's own colours.
    pub(crate) fn keeping_colours(self, keep_colours: bool) -> Brush<'a> {
        Brush { keep_colours, ..self }
    }
}
