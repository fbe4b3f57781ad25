namespace Engine.Learn.Ntk;

/// <summary>The kinds of <see cref="OutputReduction"/>; the mean over outputs is the default.</summary>
public enum OutputReductionKind
{
    MeanTrace,
    SumTrace,
    Full,
    Diagonal,
    SingleOutput,
}
