using Engine.Core.Observables;
using Engine.Core.Units;

namespace Engine.Core.Input;

/// <summary>Partial and total structure factors.</summary>
public sealed record StructureFactorInput
{
    /// <summary>Steps between two samples.</summary>
    public int Every { get; init; } = 1000;

    /// <summary>Largest wave number [1/length].</summary>
    [Quantity(QuantityKind.WaveVector)]
    public double Maximum { get; init; } = 15;

    /// <summary>Width of a shell of wave numbers [1/length].</summary>
    [Quantity(QuantityKind.WaveVector)]
    public double Spacing { get; init; } = 0.05;

    /// <summary>Which of the two routes.</summary>
    public StructureFactorMethod Method { get; init; } = StructureFactorMethod.Both;

    /// <summary>Below this wave number the direct method takes every wave vector of the box.</summary>
    [Quantity(QuantityKind.WaveVector)]
    public double AllVectorsBelow { get; init; } = 3;

    /// <summary>About so many wave vectors are drawn in each shell above.</summary>
    public int VectorsPerShell { get; init; } = 200;

    /// <summary>Upper limit of the integral over g(r); null: the range of g(r).</summary>
    [Quantity(QuantityKind.Length)]
    public double? IntegrationLimit { get; init; }

    /// <summary>Whether that integral carries Lorch's window.</summary>
    public bool Lorch { get; init; } = true;

    /// <summary>X-ray scatterers by species where the ion is wanted: {"Hf": "Hf4+"}.</summary>
    public Dictionary<string, string>? Scatterers { get; init; }
}
