
namespace Engine.Learn.Spectra;

/// <summary>What was found of the kernel of a network and some samples.</summary>
public sealed record NetworkSpectrum
{
    public required SpectrumRoute Route { get; init; }

    /// <summary>Why this one, a sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>N.</summary>
    public required int Samples { get; init; }

    /// <summary>C.</summary>
    public required int Outputs { get; init; }

    /// <summary>P.</summary>
    public required long Parameters { get; init; }

    /// <summary>n, rows of the kernel.</summary>
    public required int Rows { get; init; }

    /// <summary>K_ii, exact.</summary>
    public required double[] Diagonal { get; init; }

    /// <summary>tr K, exact.</summary>
    public double Trace => Diagonal.Sum();

    /// <summary>All eigenvalues, or the largest, descending.</summary>
    public required double[] Eigenvalues { get; init; }

    /// <summary>Of an estimate: |K v − λ v| of each, as a share of the largest.</summary>
    public double[]? Residuals { get; init; }

    /// <summary>S [nats].</summary>
    public required double Entropy { get; init; }

    /// <summary>Of an estimated entropy [nats]; null where it is exact.</summary>
    public double? EntropyError { get; init; }

    /// <summary>Products of the kernel with a vector that an estimate took.</summary>
    public int Products { get; init; }

    /// <summary>S/ln n.</summary>
    public double EffectiveEntropy => Rows > 1 ? Entropy / Math.Log(Rows) : 0;

    /// <summary>(tr K)²/tr K²; null where the kernel was not there.</summary>
    public double? ParticipationRatio { get; init; }

    /// <summary>Von Neumann entropy of the cosine kernel [nats]; null where not all eigenvalues were computed.</summary>
    public double? CovarianceEntropy { get; init; }

    /// <summary>By layer, in the order of the network; empty where there was no room for their kernels or no time for their eigenvalues.</summary>
    public IReadOnlyList<LayerPart> Layers { get; init; } = [];

    /// <summary>By class, ascending; empty where targets are none or the kernel was not there.</summary>
    public IReadOnlyList<ClassPart> Classes { get; init; } = [];

    /// <summary>(S_ab − S_a − S_b)/2 of each pair of <see cref="Classes"/> [nats].</summary>
    public double[,] CrossEntropies { get; init; } = new double[0, 0];

    /// <summary>‖K_ab‖/√(‖K_aa‖ ‖K_bb‖) of each pair of <see cref="Classes"/>.</summary>
    public double[,] Alignments { get; init; } = new double[0, 0];

    /// <summary>A layer's share.</summary>
    /// <param name="Name">Of the layer.</param>
    /// <param name="Trace">tr of its kernel.</param>
    /// <param name="Entropy">Of its kernel [nats].</param>
    public sealed record LayerPart(string Name, double Trace, double Entropy);

    /// <summary>A class.</summary>
    /// <param name="Class">Its number.</param>
    /// <param name="Samples">Samples of it.</param>
    /// <param name="Entropy">Of its block [nats].</param>
    /// <param name="MeanTrace">tr of its block over its rows.</param>
    public sealed record ClassPart(int Class, int Samples, double Entropy, double MeanTrace);
}
