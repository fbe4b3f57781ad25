using Engine.Kernels.Geometry;
using Engine.Kernels.Particles;

namespace Engine.Kernels.Neighbours;

/// <summary>The cells that a device sorts particles into for a list of neighbours: <see cref="Aside"/> of them are at least as wide as the list reaches, unless all are looked at.</summary>
/// <param name="X">Cells along the first axis.</param>
/// <param name="Y">Cells along the second axis.</param>
/// <param name="Z">Cells along the third axis.</param>
/// <param name="Aside">Cells to either side in which neighbours are looked for: 1 or 2.</param>
public readonly record struct DeviceGrid(int X, int Y, int Z, int Aside)
{
    /// <summary>Fractions are rounded to 2^-32 of the width: that keeps it from mattering.</summary>
    private const double Hair = 1 + 1e-6;

    /// <summary>With fewer particles in each, smaller cells cost more than they save.</summary>
    private const double FewestInSmallCell = 1.5;

    /// <summary>Along an axis: of so many, the 2⁻³² of the width that fractions are rounded to is 10⁻⁶ of a cell.</summary>
    private const int MostAlong = 4096;

    /// <summary>
    /// Cells for one replica: half as wide as the list reaches where such a cell holds a particle or two, else as wide. Of a gas, whose cells would mostly be empty, there are no more than
    /// twice as many as particles: axes with many have fewer, all the same number.
    /// </summary>
    /// <param name="cell">The cell of the replica.</param>
    /// <param name="radius">How far the list reaches [length].</param>
    /// <param name="particles">Particles of the replica.</param>
    public static DeviceGrid Of(FixedPointCell cell, double radius, int particles)
    {
        var aside = particles * Math.Pow(0.5 * radius, 3) >= FewestInSmallCell * cell.Box.Volume ? 2 : 1;
        var w = cell.Widths;
        int Along(double width, int most) => (int)Math.Clamp(aside * width / (radius * Hair), 1, most);
        DeviceGrid With(int most) => new(Along(w.X, most), Along(w.Y, most), Along(w.Z, most), aside);
        // As many as are looked at are always allowed.
        var (fewest, most) = (2 * aside + 1, MostAlong);
        while (fewest < most)
        {
            var middle = (fewest + most + 1) / 2;
            var grid = With(middle);
            (fewest, most) = (double)grid.X * grid.Y * grid.Z <= 2.0 * particles ? (middle, most) : (fewest, middle - 1);
        }
        return With(most);
    }

    /// <summary>That of four numbers, as <see cref="ToArray"/> gives them; null of none.</summary>
    public static DeviceGrid? From(int[] numbers) => numbers.Length == 4 ? new(numbers[0], numbers[1], numbers[2], numbers[3]) : null;

    public int Cells => X * Y * Z;

    /// <summary>Whether a list of another cell may be built in the same cells.</summary>
    /// <param name="widths">Perpendicular widths of that cell [length].</param>
    /// <param name="radius">How far the list reaches [length].</param>
    public bool Fits(Vector3d widths, double radius)
    {
        var aside = Aside;
        // Along no more cells than are looked at each is.
        bool Wide(double width, int n) => n <= 2 * aside + 1 || aside * width / n >= radius * Hair;
        return Wide(widths.X, X) && Wide(widths.Y, Y) && Wide(widths.Z, Z);
    }

    public int[] ToArray() => [X, Y, Z, Aside];
}
