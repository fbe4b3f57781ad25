using Engine.Core.Particles;
using Engine.Kernels.Geometry;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Engine.Tests.IO.Structures;

public class RoundTripTests
{
    private static readonly Gen<double> Finite = ArbMap.Default.GeneratorFor<NormalFloat>().Select(value => value.Get);

    // Lengths between 1e-3 and 1e3, with digits to lose.
    private static readonly Gen<double> Length = Gen.Choose(1, 1_000_000).Select(value => value / 1000.0 / 3);

    private static Gen<Configuration> Configurations(bool inCorner) =>
        from count in Gen.Choose(1, 12)
        from edges in Length.ArrayOf(3)
        from tilts in Finite.ArrayOf(3)
        from origin in Length.ArrayOf(3)
        from flags in Gen.Choose(0, 255)
        from rows in Finite.ArrayOf(count * 10 + 7)
        from images in Gen.Choose(-1000, 1000).ArrayOf(3 * count)
        from species in Gen.Choose(0, 2).ArrayOf(count)
        select new Configuration
        {
            Step = images[0],
            Time = rows[0],
            Box = new Box(
                edges[0], edges[1], edges[2], tilts[0], tilts[1], tilts[2], inCorner ? default : new Vector3d(origin[0], -origin[1], origin[2]),
                inCorner || (flags & 1) == 0, inCorner || (flags & 2) == 0, inCorner || (flags & 4) == 0),
            SpeciesTable = [new Species("Hf", 178.49), new Species("O", 1.0 / 3), new Species("Ar", 39.95)],
            Species = species,
            Positions = rows[..(3 * count)],
            Velocities = (flags & 8) == 0 ? null : rows[(3 * count)..(6 * count)],
            Forces = (flags & 16) == 0 ? null : rows[(6 * count)..(9 * count)],
            Charges = (flags & 32) == 0 ? null : rows[(9 * count)..(10 * count)],
            Images = (flags & 64) == 0 ? null : images,
            Energy = (flags & 128) == 0 ? null : rows[^1],
            Virial = (flags & 128) == 0 ? null : new SymmetricTensor(rows[^1], rows[^2], rows[^3], rows[^4], rows[^5], rows[^6]),
        };

    private static void Check(Gen<Configuration> configurations, Action<Configuration> property) => Prop
        .ForAll(configurations.ToArbitrary(), property)
        .Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithReplay(new Replay(new Rnd(1, 3), null)));

    [Fact]
    public void ExtendedXyzKeepsEveryDigit() => Check(Configurations(false), frame =>
    {
        var frames = StructureTexts.ReadXyz(StructureTexts.WriteXyz(frame, frame));
        Assert.Equal(2, frames.Length);
        AssertSame(frame, frames[1]);
        Assert.Equal(frame.Box, frames[1].Box);
        Assert.Equal((frame.Step, frame.Time, frame.Energy), (frames[1].Step, frames[1].Time, frames[1].Energy));
        Assert.Equal(frame.Forces, frames[1].Forces);
        Assert.Equal(frame.Virial, frames[1].Virial);
    });

    [Fact]
    public void LammpsDataKeepsEveryDigit() => Check(Configurations(true), frame =>
    {
        var read = StructureTexts.ReadLammps(StructureTexts.WriteLammps(frame));
        AssertSame(frame, read);
        Assert.Equal(frame.Box, read.Box);
    });

    private static void AssertSame(Configuration expected, Configuration actual)
    {
        Assert.Equal(expected.SpeciesTable, actual.SpeciesTable);
        Assert.Equal(expected.Species, actual.Species);
        Assert.Equal(expected.Positions, actual.Positions);
        Assert.Equal(expected.Velocities, actual.Velocities);
        Assert.Equal(expected.Charges, actual.Charges);
        Assert.Equal(expected.Images, actual.Images);
    }
}
