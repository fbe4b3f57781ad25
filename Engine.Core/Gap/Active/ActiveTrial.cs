namespace Engine.Core.Gap.Active;

/// <summary>One sampling width of active learning.</summary>
/// <param name="Width">Sampling width.</param>
/// <param name="Train">Frames trained on.</param>
/// <param name="Test">Frames tested on.</param>
/// <param name="Cutoff">Best cutoff [Å].</param>
/// <param name="Delta">Best δ [eV].</param>
/// <param name="SparsePoints">Best number of sparse points.</param>
/// <param name="Order">Best n_max = l_max.</param>
/// <param name="Error">Mean error of an atom's energy on the test frames [eV].</param>
/// <param name="Evaluations">Fits made.</param>
public sealed record ActiveTrial(int Width, int Train, int Test, double Cutoff, double Delta, int SparsePoints, int Order, double Error, int Evaluations);
