using System.Globalization;
using System.Text.Json.Serialization;
using Engine.Kernels.Errors;

namespace Engine.Learn.Ntk;

/// <summary>
/// What becomes of the output axes of Θ[i, a; j, b] = Σ_p ∂f_a(x_i)/∂θ_p · ∂f_b(x_j)/∂θ_p, for N samples and C outputs. Belongs to every number derived from a kernel: entropies of the
/// full kernel have the maximum ln(N C), of all others ln N, and tr/N of <see cref="MeanTrace"/> is tr/(N C) of <see cref="Full"/>.
/// </summary>
[JsonConverter(typeof(OutputReductionJson))]
public readonly record struct OutputReduction
{
    private const string SinglePrefix = "singleOutput:";

    private OutputReduction(OutputReductionKind kind, int output)
    {
        (Kind, Output) = (kind, output);
    }

    /// <summary>Nothing is summed: [N C, N C], row i · C + a (sample by sample, output fastest).</summary>
    public static OutputReduction Full { get; } = new(OutputReductionKind.Full, 0);

    /// <summary>The mean over outputs, K_ij = (1/C) Σ_c Θ[i, c; j, c], [N, N]: what neural-tangents calls trace_axes=(-1,).</summary>
    public static OutputReduction MeanTrace { get; } = new(OutputReductionKind.MeanTrace, 0);

    /// <summary>The sum over outputs, K_ij = Σ_c Θ[i, c; j, c], [N, N].</summary>
    public static OutputReduction SumTrace { get; } = new(OutputReductionKind.SumTrace, 0);

    /// <summary>A kernel for each output, K^c_ij = Θ[i, c; j, c]: C blocks of [N, N], one below the other.</summary>
    public static OutputReduction Diagonal { get; } = new(OutputReductionKind.Diagonal, 0);

    public OutputReductionKind Kind { get; }

    /// <summary>Which output, of <see cref="OutputReductionKind.SingleOutput"/>; else 0.</summary>
    public int Output { get; }

    /// <summary>The kernel of one output, counted from 0: [N, N].</summary>
    public static OutputReduction SingleOutput(int output)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(output);
        return new(OutputReductionKind.SingleOutput, output);
    }

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="InputException">It is none of them.</exception>
    public static OutputReduction Parse(string text) => text switch
    {
        "full" => Full,
        "meanTrace" => MeanTrace,
        "sumTrace" => SumTrace,
        "diagonal" => Diagonal,
        _ when text.StartsWith(SinglePrefix, StringComparison.Ordinal)
            && int.TryParse(text[SinglePrefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var output) => SingleOutput(output),
        _ => throw new InputException($"'{text}' is no reduction of outputs, expected full, meanTrace, sumTrace, diagonal or singleOutput:N with N counted from 0"),
    };

    /// <summary>full, meanTrace, sumTrace, diagonal or singleOutput:N.</summary>
    public override string ToString() => Kind switch
    {
        OutputReductionKind.Full => "full",
        OutputReductionKind.SumTrace => "sumTrace",
        OutputReductionKind.Diagonal => "diagonal",
        OutputReductionKind.SingleOutput => FormattableString.Invariant($"{SinglePrefix}{Output}"),
        _ => "meanTrace",
    };

    /// <summary>Rows of the kernel of n samples and that many outputs.</summary>
    internal int RowsOf(int samples, int outputs) => checked(Kind is OutputReductionKind.Full or OutputReductionKind.Diagonal ? samples * outputs : samples);

    /// <summary>Columns of it.</summary>
    internal int ColumnsOf(int samples, int outputs) => checked(Kind is OutputReductionKind.Full ? samples * outputs : samples);

    /// <summary>What the sum over outputs is multiplied with.</summary>
    internal double Weight(int outputs) => Kind == OutputReductionKind.MeanTrace ? 1.0 / outputs : 1;

    /// <summary>Refuses a kernel for each output where one is needed.</summary>
    /// <param name="what">What needs it, for the message.</param>
    internal void RequireOneKernel(string what)
    {
        if (Kind == OutputReductionKind.Diagonal)
        {
            throw new InputException($"{what}: with the reduction diagonal each output has a kernel of its own; expected meanTrace, sumTrace, full or singleOutput:N");
        }
    }

    internal void Require(int outputs)
    {
        if (Kind == OutputReductionKind.SingleOutput && Output >= outputs)
        {
            throw new InputException($"the kernel of output {Output} was asked for, but the network has {outputs}, counted from 0; expected 0 to {outputs - 1}");
        }
    }
}
