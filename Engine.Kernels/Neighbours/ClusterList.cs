using System.Runtime.Intrinsics;
using Engine.Kernels.Geometry;
using Engine.Kernels.Memory;
using Engine.Kernels.Numerics;
using Engine.Kernels.Particles;
using Engine.Kernels.Threading;

namespace Engine.Kernels.Neighbours;

/// <summary>
/// The Verlet list over clusters (S. Páll and B. Hess, Comput. Phys. Commun. 184, 2641 (2013)): for every half cluster (4 particles) the
/// clusters (8 particles) whose bounding box is closer than the list radius. Each pair of particles stands in the list once per
/// periodic image within reach, so cells smaller than twice the cutoff need no code of their own.
/// </summary>
/// <remarks>
/// The pair (a, b + m) with lattice vector m is the pair (b, a − m). It is listed where m_x &gt; 0, or m_x = 0 and b stands after a in slot order, or
/// a = b and m is lexicographically positive: a task then reaches only forward (cyclically), which keeps its force buffer short.
/// </remarks>
public sealed unsafe class ClusterList
{
    private readonly ClusterSort sort = new();
    private readonly AlignedBuffer<Vector256<double>> gridLow = new();
    private readonly AlignedBuffer<Vector256<double>> gridHigh = new();
    private readonly BoundingBoxes boxes = new();
    private readonly AlignedBuffer<byte> occupied = new();
    private int speciesCount = 1;
    private double searchRadius;
    private int imagesX;
    private int imagesY;
    private int imagesZ;

    /// <summary>Old slot of each new slot after <see cref="Sort"/>, −1 where vacant.</summary>
    public ReadOnlySpan<int> Source => sort.Source.AsSpan(0, sort.SlotCount);

    public int SlotCount => sort.SlotCount;

    public int ClusterCount => sort.SlotCount / 8;

    public ReadOnlySpan<int> ClusterSpecies => sort.ClusterSpecies.AsSpan(0, ClusterCount);

    /// <summary>Positions [per cluster x8 y8 z8] relative to <see cref="Origins"/> when the list was built.</summary>
    internal AlignedBuffer<float> BuiltOffsets { get; } = new();

    /// <summary>A point inside each cluster, on the grid of <see cref="OriginGrid"/>; its particles are stored relative to it, so that float keeps its digits
    /// in any box.</summary>
    internal AlignedBuffer<Vector256<double>> Origins { get; } = new();

    /// <summary>
    /// Rounds to a grid so coarse that floats hold every point of it within reach of the particles, and differences of such points, exactly; and so fine that it
    /// costs particle positions relative to them no digit.
    /// </summary>
    internal GridRounding OriginGrid { get; private set; }

    internal ListTask[] Tasks { get; private set; } = [];

    internal int TaskCount { get; private set; }

    /// <summary>Box the list was built in.</summary>
    public Box BuiltBox { get; private set; }

    /// <summary>Pairs closer than this were listed [length].</summary>
    public double Radius { get; private set; }

    /// <summary>Cluster pairs (4 × 8 particles) in the list.</summary>
    public long PairCount { get; private set; }

    /// <summary>Bytes held.</summary>
    public long Bytes { get; private set; }

    /// <summary>Decides the new slot order; the caller then moves its arrays to it (see <see cref="Source"/>) and calls <see cref="Build"/>.</summary>
    public void Sort(
        double[] x, double[] y, double[] z, int[] id, int[] clusterSpecies, int slots, int particles, int species, Box box, Workers workers)
    {
        speciesCount = species;
        sort.Sort(x, y, z, id, clusterSpecies, slots, particles, species, box, workers);
    }

    /// <summary>Lists all pairs closer than <paramref name="radius"/>; arrays are in the order of the last <see cref="Sort"/>.</summary>
    public void Build(double[] x, double[] y, double[] z, int[] id, Box box, double radius, Workers workers)
    {
        BuiltBox = box;
        Radius = radius;
        MeasureBoxes(x, y, z, id, workers);
        // Bounding boxes and distances are compared in float.
        searchRadius = radius * (1 + 1e-5) + boxes.Rounding(radius);
        OriginGrid = GridRounding.ForRange(boxes.LargestCoordinate() + searchRadius);
        PlaceOrigins(x, y, z, workers);
        SetImages(box, searchRadius);
        Partition(radius);
        workers.Run(TaskCount, Search);
        PairCount = 0;
        Bytes = 0;
        for (var t = 0; t < TaskCount; t++)
        {
            PairCount += Tasks[t].ClusterCount;
            Bytes += 4L * Tasks[t].Clusters.Capacity + (long)sizeof(ListSegment) * Tasks[t].Segments.Capacity;
        }
    }

    /// <summary>
    /// The two slots that are closest to each other among the listed pairs, and their distance [length]. For messages: takes its time.
    /// </summary>
    public (int First, int Second, double Distance) ClosestPair(double[] x, double[] y, double[] z, int[] id, Box box)
    {
        var best = (First: -1, Second: -1, Squared: double.MaxValue);
        for (var t = 0; t < TaskCount; t++)
        {
            for (var s = 0; s < Tasks[t].SegmentCount; s++)
            {
                ref readonly var segment = ref Tasks[t].Segments[s];
                var shift = ShiftVector(segment.Shift, box);
                for (var k = segment.Start; k < segment.End; k++)
                {
                    for (var pair = 0; pair < 32; pair++)
                    {
                        var i = 4 * segment.Half + pair / 8;
                        var j = 8 * Tasks[t].Clusters[k] + pair % 8;
                        var squared = (new Vector3d(x[j] - x[i], y[j] - y[i], z[j] - z[i]) - shift).LengthSquared;
                        if (id[i] >= 0 && id[j] >= 0 && (i != j || segment.Shift != ZeroShift) && squared < best.Squared)
                        {
                            best = (i, j, squared);
                        }
                    }
                }
            }
        }
        return (best.First, best.Second, Math.Sqrt(best.Squared));
    }

    /// <summary>The lattice vector to add to i positions for a shift index, in the present box.</summary>
    internal Vector3d ShiftVector(int shift, Box box)
    {
        var z = shift % (2 * imagesZ + 1) - imagesZ;
        shift /= 2 * imagesZ + 1;
        var y = shift % (2 * imagesY + 1) - imagesY;
        var x = shift / (2 * imagesY + 1);
        return box.Shift(-x, -y, -z);
    }

    /// <summary>Shift indices run from 0 to this, exclusively.</summary>
    internal int ShiftCount => (imagesX + 1) * (2 * imagesY + 1) * (2 * imagesZ + 1);

    internal int ZeroShift => ShiftIndex(0, 0, 0);

    private int ShiftIndex(int x, int y, int z) => (x * (2 * imagesY + 1) + y + imagesY) * (2 * imagesZ + 1) + z + imagesZ;

    private void SetImages(Box box, double radius)
    {
        var widths = sort.Geometry.Widths;
        imagesX = box.PeriodicX ? (int)Math.Ceiling(radius / widths.X) + 1 : 0;
        imagesY = box.PeriodicY ? (int)Math.Ceiling(radius / widths.Y) + 1 : 0;
        imagesZ = box.PeriodicZ ? (int)Math.Ceiling(radius / widths.Z) + 1 : 0;
    }

    private void MeasureBoxes(double[] x, double[] y, double[] z, int[] id, Workers workers)
    {
        var clusters = ClusterCount;
        gridLow.Require(clusters);
        gridHigh.Require(clusters);
        boxes.Require(clusters);
        occupied.Require(clusters);
        workers.Stream(clusters, SlotBlocks.Clusters, (start, end) =>
        {
            for (var c = start; c < end; c++)
            {
                MeasureCluster(c, x, y, z, id);
            }
        });
    }

    private void PlaceOrigins(double[] x, double[] y, double[] z, Workers workers)
    {
        var clusters = ClusterCount;
        Origins.Require(clusters);
        BuiltOffsets.Require(24 * clusters);
        workers.Stream(clusters, SlotBlocks.Clusters, (start, end) =>
        {
            for (var c = start; c < end; c++)
            {
                var origin = OriginGrid.Round(boxes.Centre(c));
                Origins[c] = origin;
                for (var k = 0; k < 8; k++)
                {
                    BuiltOffsets[24 * c + k] = (float)(x[8 * c + k] - origin[0]);
                    BuiltOffsets[24 * c + 8 + k] = (float)(y[8 * c + k] - origin[1]);
                    BuiltOffsets[24 * c + 16 + k] = (float)(z[8 * c + k] - origin[2]);
                }
            }
        });
    }

    /// <summary>Bounding boxes of a cluster and its halves, Cartesian; of the whole also in grid coordinates.</summary>
    private void MeasureCluster(int c, double[] x, double[] y, double[] z, int[] id)
    {
        var inside = Vector256.Create(double.MaxValue);
        var (low, high, lowGrid, highGrid) = (inside, -inside, inside, -inside);
        byte count = 0;
        for (var half = 0; half < 2; half++)
        {
            var (halfLow, halfHigh) = (inside, -inside);
            for (var i = 8 * c + 4 * half; i < 8 * c + 4 * half + 4; i++)
            {
                if (id[i] < 0)
                {
                    continue;
                }
                var r = Vector256.Create(x[i], y[i], z[i], 0);
                var u = sort.Geometry.ToGrid(new(x[i], y[i], z[i]));
                var g = Vector256.Create(u.X, u.Y, u.Z, 0);
                halfLow = Vector256.MinNative(halfLow, r);
                halfHigh = Vector256.MaxNative(halfHigh, r);
                lowGrid = Vector256.MinNative(lowGrid, g);
                highGrid = Vector256.MaxNative(highGrid, g);
                count++;
            }
            boxes.SetHalf(2 * c + half, halfLow, halfHigh);
            low = Vector256.MinNative(low, halfLow);
            high = Vector256.MaxNative(high, halfHigh);
        }
        boxes.SetWhole(c, low, high);
        gridLow[c] = lowGrid;
        gridHigh[c] = highGrid;
        occupied[c] = count;
    }

    /// <summary>
    /// Cuts the clusters into tasks. Their number follows from the system alone: about twice as many as fit without overlap of the forward
    /// reach, in multiples of four so that two or four threads share them evenly.
    /// </summary>
    private void Partition(double radius)
    {
        var clusters = ClusterCount;
        var geometry = sort.Geometry;
        var reach = Math.Min(1.0, (radius / geometry.Widths.X * geometry.ColumnsX + 2) / geometry.ColumnsX);
        var wanted = clusters < 64 ? 1 : 4 * (int)Math.Ceiling(0.5 / reach);
        TaskCount = Math.Clamp(wanted, 1, 512);
        if (Tasks.Length < TaskCount)
        {
            var old = Tasks;
            Tasks = new ListTask[TaskCount];
            old.CopyTo(Tasks, 0);
            for (var t = old.Length; t < TaskCount; t++)
            {
                Tasks[t] = new ListTask();
            }
        }
        for (var t = 0; t < TaskCount; t++)
        {
            Tasks[t].FirstCluster = (int)((long)clusters * t / TaskCount);
            Tasks[t].EndCluster = (int)((long)clusters * (t + 1) / TaskCount);
        }
    }

    private void Search(int taskIndex)
    {
        var task = Tasks[taskIndex];
        task.SegmentCount = 0;
        task.ClusterCount = 0;
        task.SpanLength = task.EndCluster - task.FirstCluster;
        for (var c = task.FirstCluster; c < task.EndCluster; c++)
        {
            SearchCluster(task, c);
        }
    }

    /// <summary>Both halves of a cluster against all clusters that stand after it.</summary>
    private void SearchCluster(ListTask task, int cluster)
    {
        var geometry = sort.Geometry;
        var radius = searchRadius;
        var widths = geometry.Widths;
        var (low, high) = (gridLow[cluster], gridHigh[cluster]);
        var (columnLowX, columnHighX) = Columns(low[0] - radius / widths.X, high[0] + radius / widths.X, geometry.ColumnsX, BuiltBox.PeriodicX);
        var (columnLowY, columnHighY) = Columns(low[1] - radius / widths.Y, high[1] + radius / widths.Y, geometry.ColumnsY, BuiltBox.PeriodicY);
        var (lowZ, highZ) = (low[2] - radius / widths.Z, high[2] + radius / widths.Z);
        var (imageLowZ, imageHighZ) = BuiltBox.PeriodicZ ? ((int)Math.Floor(lowZ), (int)Math.Floor(highZ)) : (0, 0);
        var radiusSquared = (float)(radius * radius);

        for (var mx = 0; mx <= FloorDivide(columnHighX, geometry.ColumnsX); mx++)
        {
            var firstX = Math.Max(columnLowX - mx * geometry.ColumnsX, 0);
            var lastX = Math.Min(columnHighX - mx * geometry.ColumnsX, geometry.ColumnsX - 1);
            for (var my = FloorDivide(columnLowY, geometry.ColumnsY); my <= FloorDivide(columnHighY, geometry.ColumnsY); my++)
            {
                var firstY = Math.Max(columnLowY - my * geometry.ColumnsY, 0);
                var lastY = Math.Min(columnHighY - my * geometry.ColumnsY, geometry.ColumnsY - 1);
                for (var mz = imageLowZ; mz <= imageHighZ; mz++)
                {
                    // A pair of a cluster with its own image is listed in one of the two directions only.
                    var backward = mx == 0 && (my < 0 || (my == 0 && mz < 0));
                    var zero = mx == 0 && my == 0 && mz == 0;
                    var smallestPartner = mx > 0 ? 0 : backward ? cluster + 1 : cluster;
                    var image = ShiftIndex(mx, my, mz);
                    var shift = BuiltBox.Shift(-mx, -my, -mz);
                    var first = boxes.Half(2 * cluster, shift);
                    var second = boxes.Half(2 * cluster + 1, shift);
                    if (!zero && !backward)
                    {
                        AddOwnImage(task, cluster, image, boxes.NearMask(first, cluster, radiusSquared) & 1, boxes.NearMask(second, cluster, radiusSquared) & 1);
                    }
                    for (var species = 0; species < speciesCount; species++)
                    {
                        var start = task.ClusterCount;
                        task.SecondCount = 0;
                        for (var cx = firstX; cx <= lastX; cx++)
                        {
                            for (var cy = firstY; cy <= lastY; cy++)
                            {
                                var bin = (cx * geometry.ColumnsY + cy) * speciesCount + species;
                                var binEnd = sort.BinFirstCluster[bin + 1];
                                if (binEnd > smallestPartner)
                                {
                                    var from = Math.Max(sort.BinFirstCluster[bin], smallestPartner);
                                    Collect(task, FirstReaching(from, binEnd, lowZ - mz), binEnd, highZ - mz, first, second, radiusSquared, zero ? -1 : cluster);
                                }
                            }
                        }
                        AddSegments(task, cluster, image, species, start, zero);
                    }
                }
            }
        }
    }

    /// <summary>On its own, because of the mask.</summary>
    private void AddOwnImage(ListTask task, int cluster, int image, uint firstNear, uint secondNear)
    {
        for (var half = 0; half < 2; half++)
        {
            if ((half == 0 ? firstNear : secondNear) != 0)
            {
                task.Clusters.Grow(task.ClusterCount + 1);
                task.Clusters[task.ClusterCount++] = cluster;
                AddSegment(task, 2 * cluster + half, image, sort.ClusterSpecies[cluster], task.ClusterCount - 1, PairMask.OwnImage(occupied[cluster]));
            }
        }
    }

    /// <summary>What was collected since <paramref name="start"/> for the first half, and apart for the second.</summary>
    private void AddSegments(ListTask task, int cluster, int image, int species, int start, bool zero)
    {
        if (task.ClusterCount > start)
        {
            var mask = zero && task.Clusters[start] == cluster ? PairMask.After : PairMask.All;
            AddSegment(task, 2 * cluster, image, species, start, mask);
        }
        if (task.SecondCount > 0)
        {
            start = task.ClusterCount;
            task.Clusters.Grow(start + task.SecondCount);
            new ReadOnlySpan<int>(task.Second.Pointer, task.SecondCount).CopyTo(new(task.Clusters.Pointer + start, task.SecondCount));
            task.ClusterCount += task.SecondCount;
            var mask = zero && task.Clusters[start] == cluster ? PairMask.After : PairMask.All;
            AddSegment(task, 2 * cluster + 1, image, species, start, mask);
        }
    }

    private static (int First, int Last) Columns(double low, double high, int columns, bool periodic) => periodic
        ? ((int)Math.Floor(low * columns), (int)Math.Floor(high * columns))
        : ((int)Math.Clamp(Math.Floor(low * columns), 0, columns - 1), (int)Math.Clamp(Math.Floor(high * columns), 0, columns - 1));

    private static int FloorDivide(int a, int b) => (int)Math.Floor((double)a / b);

    /// <summary>First cluster in [first, end) whose highest particle is not below <paramref name="height"/>, or one a little before it.</summary>
    private int FirstReaching(int first, int end, double height)
    {
        // A few too many cost less than a search that the processor cannot foresee.
        while (end - first > 2 * BoundingBoxes.Lanes)
        {
            var middle = (first + end) / 2;
            if (gridHigh[middle][2] < height)
            {
                first = middle + 1;
            }
            else
            {
                end = middle;
            }
        }
        return first;
    }

    /// <summary>Appends the clusters in [first, end) that are near to the list of each half.</summary>
    private void Collect(
        ListTask task, int first, int end, double highest, in HalfBox firstHalf, in HalfBox secondHalf, float radiusSquared, int except)
    {
        task.Clusters.Grow(task.ClusterCount + end - first + BoundingBoxes.Lanes);
        task.Second.Grow(task.SecondCount + end - first + BoundingBoxes.Lanes);
        for (var j = first; j < end && gridLow[j][2] <= highest; j += BoundingBoxes.Lanes)
        {
            var valid = j + BoundingBoxes.Lanes <= end ? uint.MaxValue : (1u << (end - j)) - 1;
            // Its own image is listed apart, see the caller.
            if ((uint)(except - j) < BoundingBoxes.Lanes)
            {
                valid &= ~(1u << (except - j));
            }
            task.ClusterCount += PackingOrder.StoreIndices(j, boxes.NearMask(firstHalf, j, radiusSquared) & valid, task.Clusters.Pointer + task.ClusterCount);
            task.SecondCount += PackingOrder.StoreIndices(j, boxes.NearMask(secondHalf, j, radiusSquared) & valid, task.Second.Pointer + task.SecondCount);
        }
    }

    private void AddSegment(ListTask task, int half, int shift, int species, int start, int mask)
    {
        if (task.SegmentCount == task.Segments.Capacity)
        {
            task.Segments.Grow(task.SegmentCount + 1);
        }
        task.Segments[task.SegmentCount++] = new ListSegment
        {
            Half = half,
            Shift = shift,
            Species = species,
            Start = start,
            End = task.ClusterCount,
            FirstMask = mask,
        };
        for (var k = start; k < task.ClusterCount; k++)
        {
            var distance = task.Clusters[k] - task.FirstCluster;
            task.SpanLength = Math.Max(task.SpanLength, (distance < 0 ? distance + ClusterCount : distance) + 1);
        }
    }
}
