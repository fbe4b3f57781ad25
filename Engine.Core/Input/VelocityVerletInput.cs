namespace Engine.Core.Input;

/// <summary>Newton's equations; with a thermostat, the canonical ensemble.</summary>
public sealed record VelocityVerletInput : IntegratorInput;
