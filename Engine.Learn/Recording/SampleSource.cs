namespace Engine.Learn.Recording;

/// <summary>Which samples.</summary>
public enum SampleSource
{
    /// <summary>Those that are learnt; of an agent, states that it passes through while it acts at random.</summary>
    Training,

    Test,
}
