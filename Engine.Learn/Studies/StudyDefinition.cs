using Engine.Kernels.Errors;
using Engine.Learn.Data;

namespace Engine.Learn.Studies;

/// <summary>Questions to networks on some data, each answered by many trainings: see the verb "ntk study".</summary>
public sealed record StudyDefinition
{
    public string Title { get; init; } = "";

    /// <summary>What is learnt and tested with; its relative paths start where the file of the study is.</summary>
    public required DataDefinition Data { get; init; }

    /// <summary>Of the first of the repeats; each further one has the next.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Where results go.</summary>
    public string Folder { get; init; } = "runs/ntk-study";

    public required IReadOnlyList<Study> Studies { get; init; }

    /// <summary>What has to be found.</summary>
    public IReadOnlyList<Expectation> Expect { get; init; } = [];

    /// <exception cref="InputException">A value is out of range, or two things have one name.</exception>
    public void Check()
    {
        if (Studies.Count == 0)
        {
            throw new InputException("study: studies is empty, expected at least one");
        }
        foreach (var study in Studies)
        {
            study.Check();
        }
        if (Studies.GroupBy(s => s.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new InputException($"study: two are called {twice.Key}; expected a name of its own for each");
        }
        foreach (var expectation in Expect)
        {
            expectation.Check();
        }
    }
}
