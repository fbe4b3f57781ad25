namespace Engine.Core.Observables;

/// <summary>How static structure factors (Faber–Ziman partials, neutron and x-ray totals) are measured. Wave numbers in 1/length.</summary>
public sealed record StructureFactorSettings
{
    /// <summary>Largest wave number [1/length].</summary>
    public double Maximum { get; init; } = 15;

    /// <summary>Width of a shell of wave numbers, and step of the g(r) route [1/length].</summary>
    public double Spacing { get; init; } = 0.05;

    public StructureFactorMethod Method { get; init; } = StructureFactorMethod.Both;

    /// <summary>Below this wave number [1/length] the direct route takes every wave vector of the cell.</summary>
    public double AllVectorsBelow { get; init; } = 3;

    /// <summary>About so many wave vectors are drawn per shell above <see cref="AllVectorsBelow"/> (fixed choice, the same in every run).</summary>
    public int VectorsPerShell { get; init; } = 200;

    /// <summary>The direct route looks at every so-manieth frame that it is shown: it costs far more than the others.</summary>
    public int DirectEvery { get; init; } = 10;

    /// <summary>Upper limit R of the g(r) integral [length]; null: the range of g(r).</summary>
    public double? IntegrationLimit { get; init; }

    /// <summary>True: the integrand carries Lorch's window sin(πr/R)/(πr/R); false: it is cut at R.</summary>
    public bool Lorch { get; init; } = true;

    /// <summary>X-ray scatterer by species name, where the ion is wanted instead of the neutral atom: {"Hf": "Hf4+", "O": "O1-"}.</summary>
    public IReadOnlyDictionary<string, string>? Scatterers { get; init; }
}
