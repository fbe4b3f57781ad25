namespace Engine.Core.Gap.Active;

/// <summary>One sampling width of active learning.</summary>
/// <param name="Width">Sampling width.</param>
/// <param name="Train">Frames trained on.</param>
/// <param name="Test">Frames tested on.</param>
/// <param name="Cutoff">Best cutoff [Å].</param>
/// <param name="Delta">Best δ [eV].</param>
/// <param name="SparsePoints">Best number of sparse points.</param>
/// <param name="Order">Best n_max = l_max.</param>
/// <param name="Error">Mean error of an atom's energy on the test frames of this width [eV], by which its best fit was found and the search ends.</param>
/// <param name="Evaluations">Fits made.</param>
/// <param name="ComparedError">The same on <see cref="ActiveResult.Test"/>, by which the best width is found; null without a fit or such frames.</param>
public sealed record ActiveTrial(
    int Width, int Train, int Test, double Cutoff, double Delta, int SparsePoints, int Order, double Error, int Evaluations, double? ComparedError = null);
