using System.Text.Json.Serialization;

namespace Engine.Core.Input;

/// <summary>Acts on the velocities of a velocityVerlet stage.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(BussiInput), "bussi")]
public abstract record ThermostatInput;
