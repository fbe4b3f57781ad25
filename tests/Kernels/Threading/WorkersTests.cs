using Engine.Kernels.Threading;
using Xunit;

namespace Engine.Tests.Kernels.Threading;

public class WorkersTests
{
    /// <summary>However many threads there are, and whether or not they take tasks of each other: every task is run once, loop after loop.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void EveryTaskIsRunOnce(int threads)
    {
        using var workers = new Workers(threads);
        foreach (var tasks in new[] { 0, 1, 2, 3, 17, 63, 64, 65, 500 })
        {
            foreach (var loop in new Action<int, Action<int>>[] { workers.Run, workers.Stream })
            {
                var runs = new int[tasks];
                for (var repeat = 1; repeat <= 20; repeat++)
                {
                    loop(tasks, task => Interlocked.Increment(ref runs[task]));
                    Assert.All(runs, n => Assert.Equal(repeat, n));
                }
            }
        }
    }

    /// <summary>More threads than processors, of which some come late or not at all, and pauses in which they fall asleep: no task is lost, and none is run in the loop after its own.</summary>
    [Fact]
    public void ThreadsThatComeLateAreDoneWithout()
    {
        using var workers = new Workers(4 * Environment.ProcessorCount);
        var loops = new int[100];
        for (var loop = 1; loop <= 3000; loop++)
        {
            var now = loop;
            Action<int> task = k => Assert.Equal(now - 1, Interlocked.Exchange(ref loops[k], now));
            if (loop % 2 == 0)
            {
                workers.Run(loops.Length, task);
            }
            else
            {
                workers.Stream(50, task);
                workers.Stream(50, k => task(k + 50));
            }
            Assert.All(loops, last => Assert.Equal(now, last));
            if (loop % 500 == 0)
            {
                Thread.Sleep(2);
            }
        }
    }

    [Theory]
    [InlineData(100, 7)]
    [InlineData(7, 100)]
    [InlineData(640, 10)]
    [InlineData(0, 10)]
    public void BlocksCoverTheRange(int count, int blockSize)
    {
        using var workers = new Workers(3);
        foreach (var loop in new Action<int, int, Action<int, int>>[] { workers.For, workers.Stream })
        {
            var runs = new int[count];
            loop(count, blockSize, (start, end) =>
            {
                Assert.InRange(end - start, 1, blockSize);
                for (var i = start; i < end; i++)
                {
                    Interlocked.Increment(ref runs[i]);
                }
            });
            Assert.All(runs, n => Assert.Equal(1, n));
        }
    }

    /// <summary>The caller gets what a task threw, on whichever thread, and the team goes on.</summary>
    [Fact]
    public void WhatATaskThrowsReachesTheCaller()
    {
        using var workers = new Workers(2);
        foreach (var loop in new Action<int, Action<int>>[] { workers.Run, workers.Stream })
        {
            foreach (var bad in new[] { 0, 9 })
            {
                Assert.Equal("task", Assert.Throws<InvalidOperationException>(() => loop(10, task =>
                {
                    if (task == bad)
                    {
                        throw new InvalidOperationException("task");
                    }
                })).Message);
                var done = 0;
                loop(10, _ => Interlocked.Increment(ref done));
                Assert.Equal(10, done);
            }
        }
    }
}
