using Engine.Kernels.Devices;
using Engine.Kernels.Geometry;
using Engine.Kernels.Neighbours;
using Engine.Kernels.Particles;
using Engine.Tests.Kernels.Devices;
using Xunit;

namespace Engine.Tests.Kernels.Neighbours;

/// <summary>The list of a device, beside all pairs of particles tried one by one.</summary>
[Collection("device")]
public class DeviceNeighbourListTests
{
    private const double Length = 10;
    private const double Radius = 1.3;

    /// <summary>Of the last axis: the other two have <see cref="Length"/>.</summary>
    private const double Long = 300;

    public static TheoryData<string, int, int, double> Systems => new()
    {
        { "opencl", 1, 1, Length }, { "opencl", 700, 1, Length }, { "opencl", 2100, 3, Length }, { "opencl", 1500, 1, Long },
        { "cuda", 1, 1, Length }, { "cuda", 700, 1, Length }, { "cuda", 2100, 3, Length }, { "cuda", 1500, 1, Long },
    };

    /// <summary>A rod has as many cells along itself as fit; a gas no more than twice as many as particles, but as many as are looked at.</summary>
    [Theory]
    [InlineData(Length, 1000, 7, 7)]
    [InlineData(Length, 8000, 15, 15)]
    [InlineData(Long, 12000, 7, 230)]
    [InlineData(Long, 1000, 7, 40)]
    [InlineData(Long, 1, 3, 3)]
    [InlineData(1e6, 200_000, 7, 4096)]
    public void CellsAreAsWideAsTheListReaches(double length, int count, int across, int along)
    {
        var grid = DeviceGrid.Of(FixedPointCell.Around(new Box(Length, Length, length), [], Radius), Radius, count);
        Assert.Equal((across, across, along), (grid.X, grid.Y, grid.Z));
    }

    /// <summary>One group sorts as five kernels do, lists are the same in rows and by fours and however many threads search, and particles of a replica see no others.</summary>
    [SkippableTheory]
    [MemberData(nameof(Systems))]
    public void TheListHasThePairsWithinItsReach(string kind, int count, int replicas, double length) => Check(TestDevices.Get(kind), count, replicas, length);

    internal static void Check(Device device, int count, int replicas, double length)
    {
        var cell = FixedPointCell.Around(new Box(Length, Length, length), [], Radius);
        var random = new System.Random(5);
        var size = count / replicas;
        Vector3d[] places = [.. Enumerable.Range(0, count).Select(_ => new Vector3d(Length * random.NextDouble(), Length * random.NextDouble(), length * random.NextDouble()))];
        var byOneGroup = Build(device, cell, places, size, lanes: 1, hasRows: false, mostSortedByOneGroup: count);
        foreach (var (lanes, hasRows) in new[] { (1, true), (8, false), (8, true) })
        {
            var byFiveKernels = Build(device, cell, places, size, lanes, hasRows, mostSortedByOneGroup: 0);
            Assert.Equal(byFiveKernels.Who, byOneGroup.Who);
            Assert.Equal(byFiveKernels.Starts, byOneGroup.Starts);
            Assert.Equal(byFiveKernels.Neighbours, byOneGroup.Neighbours);
        }

        var who = byOneGroup.Who;
        Assert.Equal(Enumerable.Range(0, count), who.Order());
        for (var i = 0; i < count; i++)
        {
            var expected = Enumerable.Range(0, count).Where(j => j != i && who[j] / size == who[i] / size
                && cell.Box.MinimumImage(places[who[j]] - places[who[i]]).Length < Radius);
            Assert.Equal(expected, byOneGroup.Neighbours[i].Order());
        }
    }

    /// <returns>Of each place in the order of cells: the particle, and its neighbours by their places; and the first place of each cell.</returns>
    private static (int[] Who, int[] Starts, int[][] Neighbours) Build(Device device, FixedPointCell cell, Vector3d[] places, int replicaSize, int lanes, bool hasRows, int mostSortedByOneGroup)
    {
        using var particles = new DeviceParticles(device, places.Length, replicaSize);
        particles.SetCell(cell);
        particles.Positions.Upload([.. places.Select(r => cell.ToFixed(r, 0).Position)]);
        particles.Images.Upload([.. places.Select((_, i) => new Int4(0, 0, 0, i % replicaSize))]);
        particles.Velocities.Clear();
        using var list = new DeviceNeighbourList(particles, DeviceTexts.Of(cell.Box), lanes, hasRows, mostSortedByOneGroup);
        list.Build(cell, Radius);
        var entries = list.Entries.ToArray();
        var counts = list.Counts.ToArray();
        for (var i = 0; i < counts.Length; i++)
        {
            // What the last four has room for is the particle itself.
            for (var k = counts[i]; k % 4 != 0; k++)
            {
                Assert.Equal(i, entries[i * list.RowPitch + k / 4 * list.FourPitch + k % 4]);
            }
        }
        int[][] neighbours = [.. counts.Select((n, i) => Enumerable.Range(0, n).Select(k => entries[i * list.RowPitch + k / 4 * list.FourPitch + k % 4]).ToArray())];
        return ([.. particles.Images.ToArray().Select((image, place) => place / replicaSize * replicaSize + image.W)], list.Starts.ToArray(), neighbours);
    }
}
