namespace Engine.IO.Hdf5;

/// <summary>An array that grows by rows.</summary>
/// <param name="Name">Its name; what stands before slashes are groups.</param>
/// <param name="Row">Shape of a row; empty for a number.</param>
/// <param name="Compressed">Whether it is packed, which is worth it for rows of a megabyte.</param>
public sealed record ArrayLayout(string Name, IReadOnlyList<long> Row, bool Compressed = false)
{
    /// <summary>Numbers of a row.</summary>
    public long Elements => Row.Aggregate(1L, (product, size) => checked(product * size));
}
