namespace Engine.Core.Units;

/// <summary>
/// Says what the number (or the numbers of the array or map) of an input record measures. In JSON it is a plain number in the units of the
/// run, or a string with a unit ("1 fs"), which is checked for dimension and converted while reading. Several kinds: the columns of a table.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class QuantityAttribute(params QuantityKind[] kinds) : Attribute
{
    public QuantityKind[] Kinds { get; } = kinds;
}
