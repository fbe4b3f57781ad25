namespace Engine.Core.Particles;

/// <summary>A kind of particle: its name ("Hf", "A") and mass [mass unit of the run].</summary>
public sealed record Species(string Name, double Mass);
