namespace Engine.Perf;

/// <summary>Something that takes steps and can be timed: this engine on a workload, or another program on the same one.</summary>
public interface IBenchCase
{
    /// <summary>Who does the work: "engine", "lammps lj/cut", …</summary>
    string Name { get; }

    /// <summary>Version of the program that does it.</summary>
    string Version { get; }

    /// <summary>What else the last run showed, by name.</summary>
    IReadOnlyDictionary<string, double> Facts { get; }

    /// <summary>Does the workload once, set-up and warm-up untimed, and returns the time of one step.</summary>
    StepTime Run(int threads, CancellationToken cancellation);
}
