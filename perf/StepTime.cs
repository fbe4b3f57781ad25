namespace Engine.Perf;

/// <summary>What one step costs: wall time, and the processor time of all threads together [s].</summary>
public readonly record struct StepTime(double Wall, double Cpu);
