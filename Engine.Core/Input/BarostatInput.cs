using System.Text.Json.Serialization;

namespace Engine.Core.Input;

/// <summary>Acts on the box at the pressure of the stage.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(CellRescalingInput), "cellRescaling")]
public abstract record BarostatInput;
