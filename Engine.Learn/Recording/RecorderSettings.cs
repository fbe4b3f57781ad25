using Engine.Kernels.Errors;
using Engine.Learn.Networks;
using Engine.Learn.Training;

namespace Engine.Learn.Recording;

/// <summary>A recorder: what it writes, of which samples and which output, and when.</summary>
public sealed record RecorderSettings
{
    /// <summary>Name of its group in the file; by default that of its samples and, where it is not the main one, its output.</summary>
    public string? Name { get; init; }

    public SampleSource Of { get; init; } = SampleSource.Training;

    /// <summary>Output of the network that kernel and predictions are of.</summary>
    public string Output { get; init; } = Network.MainOutput;

    /// <summary>Beside the first and the last moment.</summary>
    public RecordingSchedule When { get; init; } = new();

    public required IReadOnlyList<Recordable> Record { get; init; }

    /// <summary>Leading eigenvectors that <see cref="Recordable.Overlap"/> compares.</summary>
    public int Leading { get; init; } = 5;

    /// <summary>Norms for <see cref="Recordable.LossDerivativeNorms"/>.</summary>
    public IReadOnlyList<NormOrders> Norms { get; init; } = [new(2, 2)];

    /// <summary>The name that it has.</summary>
    internal string Group => Name ?? (Output == Network.MainOutput ? Source : $"{Source}-{Output}");

    private string Source => Of.ToString().ToLowerInvariant();

    internal void Check()
    {
        if (Group.Length == 0 || Group.Any(c => c == '/' || char.IsControl(c)) || Group == ".")
        {
            throw new InputException($"recorders: the name \"{Group}\" cannot be that of a group; expected one without slashes");
        }
        if (Record.Count == 0)
        {
            throw new InputException($"recorder {Group}: record is empty; expected what it should write, as [\"loss\", \"entropy\", \"trace\"]");
        }
        if (Leading < 1)
        {
            throw new InputException($"recorder {Group}: leading is {Leading}, expected 1 or more");
        }
        if (Norms.FirstOrDefault(n => !(n.P > 0 && n.Q > 0)) is { } wrong)
        {
            throw new InputException(FormattableString.Invariant($"recorder {Group}: norms has the orders p = {wrong.P}, q = {wrong.Q}; expected positive ones"));
        }
        When.Check($"recorder {Group}");
    }
}
