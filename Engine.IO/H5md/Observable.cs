namespace Engine.IO.H5md;

/// <summary>A named time series.</summary>
/// <param name="Name">Name in the file: letters, digits, '_', '-', '.'.</param>
/// <param name="Shape">Shape of one sample: empty for a scalar, [6] for the components xx, yy, zz, xy, xz, yz of a symmetric tensor.</param>
/// <param name="Unit">Unit of the run it is given in, "" for a pure number.</param>
/// <param name="Extensive">A total over all particles (energies) rather than an average.</param>
public sealed record Observable(string Name, int[] Shape, string Unit, bool Extensive = false)
{
    /// <summary>Numbers per sample.</summary>
    public int Components => Shape.Aggregate(1, (product, n) => product * n);

    public static Observable Scalar(string name, string unit, bool extensive = false) => new(name, [], unit, extensive);
}
