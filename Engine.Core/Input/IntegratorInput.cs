using System.Text.Json.Serialization;

namespace Engine.Core.Input;

/// <summary>How a stage moves the particles: velocityVerlet, langevin or brownian.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(VelocityVerletInput), "velocityVerlet")]
[JsonDerivedType(typeof(LangevinInput), "langevin")]
[JsonDerivedType(typeof(BrownianInput), "brownian")]
public abstract record IntegratorInput;
