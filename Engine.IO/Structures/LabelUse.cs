namespace Engine.IO.Structures;

/// <summary>Under which names the frames of a file have a quantity.</summary>
public sealed class LabelUse
{
    private readonly SortedDictionary<string, int> frames = new(StringComparer.Ordinal);
    private readonly SortedDictionary<(string Taken, string PassedOver), int> choices = [];

    /// <summary>Number of frames in which it was taken from each name.</summary>
    public IReadOnlyDictionary<string, int> Frames => frames;

    /// <summary>Number of frames that have it under two names, of which the order of names and no setting chose one.</summary>
    public IReadOnlyDictionary<(string Taken, string PassedOver), int> Choices => choices;

    /// <summary>Takes in a frame.</summary>
    /// <param name="present">Names under which it has the quantity, the one that is taken first.</param>
    internal void Add(IReadOnlyList<string> present)
    {
        if (present.Count == 0)
        {
            return;
        }
        frames[present[0]] = frames.GetValueOrDefault(present[0]) + 1;
        foreach (var other in present.Skip(1))
        {
            choices[(present[0], other)] = choices.GetValueOrDefault((present[0], other)) + 1;
        }
    }
}
